import type { Node } from 'libpg-query';

import { keyOf } from '../databases/find-relation.ts';
import { tableOf } from '../databases/apply-objects.ts';
import { lastName } from '../databases/sql-names.ts';
import {
  contract,
  expand,
  isDeployed,
  type Hazard,
  type HazardContext,
  type JudgedStatement,
} from './hazard.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/**
 * Judges ENABLE ROW LEVEL SECURITY. The role that owns a table is let through, and migrations run as that; the service's
 * role sees only what a policy lets through, and without a policy no row at all.
 */
export function enableRowSecurity(table: string, context: HazardContext): Judged {
  const summary = `enable row level security on ${table}`;
  if (context.now.tables.get(table)?.hasRowSecurity === true) return expand(summary);
  return contract(summary, hasPolicy(table, undefined, context) ? hideSome(table) : hideAll(table));
}

/** Judges CREATE POLICY: a permissive one only lets more through. */
export function createPolicy(
  node: Extract<Node, { CreatePolicyStmt: unknown }>,
  context: HazardContext,
): Judged[] {
  const { policy_name: name = '', table, permissive: isPermissive = false } = node.CreatePolicyStmt;
  const target = keyOf(context.now, table);
  const summary = `create policy ${name} on ${target}`;
  // It goes along with what enables them, in whatever phase that is.
  if ([...context.earlier, ...context.later].some((other) => enables(other, target))) return [];
  return [
    isPermissive || !isGuarded(target, context) ? expand(summary) : contract(summary, hideSome(target)),
  ];
}

function enables(node: Node, table: string): boolean {
  if (!('AlterTableStmt' in node) || node.AlterTableStmt.relation?.relname !== table) return false;
  return (node.AlterTableStmt.cmds ?? []).some(
    (part) => 'AlterTableCmd' in part && part.AlterTableCmd.subtype === 'AT_EnableRowSecurity',
  );
}

/** Judges ALTER POLICY. */
export function alterPolicy(target: string, name: string, context: HazardContext): Judged {
  const summary = `alter policy ${name} on ${target}`;
  return isGuarded(target, context) ? contract(summary, hideSome(target)) : expand(summary);
}

/** Judges DROP POLICY: a table without any hides all its rows. */
export function dropPolicy(target: string, name: string, context: HazardContext): Judged {
  const summary = `drop policy ${name} on ${target}`;
  if (!isGuarded(target, context)) return contract(summary);
  return contract(summary, hasPolicy(target, name, context) ? hideSome(target) : hideAll(target));
}

function isGuarded(table: string, context: HazardContext): boolean {
  return isDeployed(table, context) && context.now.tables.get(table)?.hasRowSecurity === true;
}

/** Whether a policy is left when the file has run, beside the one that goes. */
function hasPolicy(table: string, gone: string | undefined, { now, later }: HazardContext): boolean {
  const left = new Set(now.tables.get(table)?.policies);
  left.delete(gone ?? '');
  for (const node of later) {
    if ('CreatePolicyStmt' in node && node.CreatePolicyStmt.table?.relname === table)
      left.add(node.CreatePolicyStmt.policy_name ?? '');
    if ('DropStmt' in node && node.DropStmt.removeType === 'OBJECT_POLICY')
      for (const object of node.DropStmt.objects ?? [])
        if (tableOf(object) === table) left.delete(lastName(object));
  }
  return left.size > 0;
}

function hideAll(table: string): Hazard {
  return {
    rule: 'rows-hidden',
    severity: 'breaking',
    table,
    what: `Row level security is on for ${table}, and no policy lets anybody through.`,
    why: "The service's role is not the owner: it reads no row, and every write of it is refused.",
    next: [`CREATE POLICY on ${table} for the service's role, in the same file.`],
    hides: { table },
  };
}

function hideSome(table: string): Hazard {
  return {
    rule: 'rows-hidden',
    severity: 'warning',
    table,
    what: `Which rows of ${table} the policies let through from now on is not judged.`,
    why: "The service's role is not the owner: it reads and writes only what a policy lets through.",
    next: ["See that the policies let the service's role read and write all that it has to."],
    hides: { table },
  };
}
