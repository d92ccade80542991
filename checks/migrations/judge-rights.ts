import type { GrantStmt, Node } from 'libpg-query';

import { lastName, textOf } from '../databases/sql-names.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { unclear } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

// What a service does with a table; TRUNCATE, REFERENCES and TRIGGER are the owner's.
const rowRights = ['select', 'insert', 'update', 'delete'];

/** Judges GRANT and REVOKE: a migration runs as the owner, and can shut the service out of its own tables. */
export function judgeGrant(statement: GrantStmt, context: HazardContext): Judged {
  if (statement.is_grant === true || statement.grant_option === true) return expand('change rights');
  const roles = listRoles(statement);
  const summary = `revoke rights of ${roles.join(', ') || 'PUBLIC'}`;
  const hazards = listTables(statement, context).flatMap((table) => {
    const rights = listRights(statement).filter((right) => !isGrantedAnew(right, table, roles, context));
    return rights.length === 0 ? [] : [revokeOn(table, rights, roles)];
  });
  if (hazards.length > 0 || statement.objtype === 'OBJECT_TABLE') return contract(summary, ...hazards);
  const name = (statement.objects ?? []).map(nameOf).join(', ');
  if (statement.objtype === 'OBJECT_SCHEMA') return contract(summary);
  return contract(summary, revokeOther(name, roles, statement.objtype === 'OBJECT_DATABASE'));
}

/** Judges ALTER DEFAULT PRIVILEGES: without them the service cannot read what later migrations make. */
export function judgeDefaultRights(action: GrantStmt | undefined): Judged {
  if (action === undefined || action.is_grant === true || action.grant_option === true)
    return expand('change rights');
  const roles = listRoles(action);
  const summary = `revoke default rights of ${roles.join(', ') || 'PUBLIC'}`;
  if (roles.length === 0) return contract(summary);
  return contract(summary, {
    ...shared('default privileges', roles),
    severity: 'warning',
    what: `Roles ${roles.join(', ')} no longer get rights on what migrations make from now on.`,
    why: 'Services get their rights on new tables by the default privileges of the owner: the next table is closed to them.',
  });
}

/** Judges GRANT and REVOKE of a role: which rights come with it, no file tells. */
export function judgeGrantRole(isGrant: boolean): Judged {
  if (isGrant) return expand('grant a role');
  const what = 'Which rights go with the role that is revoked is not judged.';
  return contract(
    'revoke a role',
    unclear('REVOKE', what, 'A role has the rights that it was given elsewhere.'),
  );
}

function shared(table: string, roles: readonly string[]): Pick<Hazard, 'rule' | 'table' | 'next'> {
  return {
    rule: 'rights-revoked',
    table,
    next: [
      'Deploy a version that does without these rights, and revoke them in a later change.',
      roles.length === 0
        ? "See that the service's role was given rights of its own."
        : `When no running service has the role ${roles.join(' or ')}: accept this finding with that as the reason.`,
    ],
  };
}

function revokeOn(table: string, rights: readonly string[], roles: readonly string[]): Hazard {
  const what = `${rights.join(', ').toUpperCase()} on ${table} is revoked from ${roles.join(', ') || 'PUBLIC'}.`;
  if (roles.length === 0)
    return {
      ...shared(table, []),
      severity: 'warning',
      what,
      why: 'A service that was given no rights of its own has none any more; the roles that Freehold makes have their own.',
    };
  const why = 'The service reads and writes with the rights of its role alone.';
  if (rights.includes('select'))
    return { ...shared(table, roles), severity: 'warning', what, why, takesAway: { table } };
  return {
    ...shared(table, roles),
    severity: 'breaking',
    what,
    why: `${why} The version now deployed may write so, and runs until the new one has taken over: from the migration on, such writes fail.`,
    requires: { table },
  };
}

function revokeOther(name: string, roles: readonly string[], isDatabase: boolean): Hazard {
  return {
    ...shared(name, roles),
    severity: isDatabase && roles.length > 0 ? 'breaking' : 'warning',
    what: `Rights on ${name} are revoked from ${roles.join(', ') || 'PUBLIC'}.`,
    why: isDatabase
      ? 'Without the right to connect, the version now deployed gets no connection any more.'
      : 'What the version now deployed does with it, no file tells.',
  };
}

/** The roles by name; PUBLIC, of which nobody can tell who has rights by it, is none. */
function listRoles({ grantees = [] }: GrantStmt): string[] {
  return grantees.flatMap((node) =>
    'RoleSpec' in node && node.RoleSpec.rolename !== undefined ? [node.RoleSpec.rolename] : [],
  );
}

/** The deployed tables that the rights are about: named, or all of a schema, which nobody gets into without USAGE. */
function listTables(
  { objtype, targtype, objects = [] }: GrantStmt,
  { deployed, now }: HazardContext,
): string[] {
  const names = new Set(objects.map(nameOf));
  const isSchema = objtype === 'OBJECT_SCHEMA' || targtype === 'ACL_TARGET_ALL_IN_SCHEMA';
  if (objtype !== 'OBJECT_TABLE' && objtype !== 'OBJECT_SCHEMA') return [];
  return [...now.tables.values()]
    .filter(({ name, schema = 'public' }) => deployed.tables.has(name) && names.has(isSchema ? schema : name))
    .map(({ name }) => name);
}

function nameOf(node: Node): string {
  return 'RangeVar' in node ? (node.RangeVar.relname ?? '') : lastName(node);
}

/** What of the rights on a table's rows goes; a right on single columns is told with them. */
function listRights({ objtype, privileges }: GrantStmt): string[] {
  const given = (privileges ?? []).flatMap((node) => ('AccessPriv' in node ? [node.AccessPriv] : []));
  if (objtype === 'OBJECT_SCHEMA')
    return privileges === undefined || given.some((one) => one.priv_name === 'usage') ? rowRights : [];
  if (privileges === undefined) return rowRights;
  return given
    .filter(({ priv_name: right = '' }) => rowRights.includes(right))
    .map(({ priv_name: right = '', cols }) =>
      cols === undefined ? right : `${right} (${cols.map(textOf).join(', ')})`,
    );
}

/** REVOKE ALL and GRANT SELECT behind it is one way to write "may only read". */
function isGrantedAnew(
  right: string,
  table: string,
  roles: readonly string[],
  context: HazardContext,
): boolean {
  return context.later.some((node) => {
    if (!('GrantStmt' in node) || node.GrantStmt.is_grant !== true) return false;
    const isForAll = roles.every((role) => listRoles(node.GrantStmt).includes(role));
    return (
      isForAll &&
      listTables(node.GrantStmt, context).includes(table) &&
      listRights(node.GrantStmt).includes(right)
    );
  });
}
