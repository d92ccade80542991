import type { Node } from 'libpg-query';

import { keyOf } from '../databases/find-relation.ts';
import { textOf } from '../databases/sql-names.ts';
import { expand, isDeployed, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { judgeAlterTable } from './judge-column-swap.ts';
import { judgeAlterObject } from './judge-alter-other.ts';
import { judgeDrop } from './judge-drop.ts';
import { judgeEnumValue } from './judge-enum-type.ts';
import { findLonely } from './find-lonely.ts';
import { judgeIndex, judgeReindex } from './judge-index.ts';
import { judgeCode } from './judge-code.ts';
import { judgeOther } from './judge-other.ts';
import { judgeMove, judgeRename } from './judge-rename.ts';
import { judgeDefaultRights, judgeGrant, judgeGrantRole } from './judge-rights.ts';
import { alterPolicy, createPolicy } from './judge-row-security.ts';
import { judgeRows } from './judge-rows.ts';
import { unknownName } from './unjudged.ts';
import { judgeView } from './judge-view.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges one SQL statement; an ALTER TABLE gives one entry for each of its parts. */
export function judgeSql(node: Node, context: HazardContext): Judged[] {
  if ('AlterTableStmt' in node) {
    const table = keyOf(context.now, node.AlterTableStmt.relation);
    const commands = (node.AlterTableStmt.cmds ?? []).flatMap((part) =>
      'AlterTableCmd' in part ? [part.AlterTableCmd] : [],
    );
    const { objtype } = node.AlterTableStmt;
    if (objtype !== 'OBJECT_TABLE') return [judgeAlterObject(objtype ?? '', table, commands)];
    if (isDeployed(table, context)) return judgeAlterTable(table, commands, context);
    return [expand(`alter ${table}`, ...judgeName(table, node.AlterTableStmt.missing_ok === true, context))];
  }
  if ('AlterObjectSchemaStmt' in node) return [judgeMove(node.AlterObjectSchemaStmt, context)];
  if ('IndexStmt' in node) return [judgeIndex(node.IndexStmt, context)];
  if ('ReindexStmt' in node) return [judgeReindex(node.ReindexStmt, findLonely(node) !== undefined, context)];
  if ('RenameStmt' in node) return [judgeRename(node.RenameStmt, context)];
  if ('DropStmt' in node) return judgeDrop(node.DropStmt, context);
  if ('ViewStmt' in node) return judgeView(node, context);
  if ('CreatePolicyStmt' in node) return createPolicy(node, context);
  if ('AlterPolicyStmt' in node)
    return [
      alterPolicy(
        keyOf(context.now, node.AlterPolicyStmt.table),
        node.AlterPolicyStmt.policy_name ?? '',
        context,
      ),
    ];
  if ('GrantStmt' in node) return [judgeGrant(node.GrantStmt, context)];
  if ('GrantRoleStmt' in node) return [judgeGrantRole(node.GrantRoleStmt.is_grant === true)];
  if ('AlterDefaultPrivilegesStmt' in node)
    return [judgeDefaultRights(node.AlterDefaultPrivilegesStmt.action)];
  if ('CreateStmt' in node) return [expand(`create table ${node.CreateStmt.relation?.relname ?? ''}`)];
  if ('CreateEnumStmt' in node)
    return [expand(`create type ${(node.CreateEnumStmt.typeName ?? []).map(textOf).at(-1) ?? ''}`)];
  if ('AlterEnumStmt' in node) {
    const { typeName = [], newVal = '', oldVal } = node.AlterEnumStmt;
    return [judgeEnumValue(typeName.map(textOf).at(-1) ?? '', oldVal, newVal, context)];
  }
  // They change nothing that a version reads or writes, and belong to no phase.
  if ('TransactionStmt' in node || 'VariableSetStmt' in node || 'CommentStmt' in node) return [];
  return [judgeCode(node, context) ?? judgeRows(node, context) ?? judgeOther(node, context)];
}

/** A table that was made under a name that only a schema tells, or by an extension, is not known and no mistake. */
function judgeName(table: string, isOptional: boolean, { now }: HazardContext): Hazard[] {
  const isKnown = now.tables.has(table) || now.views.has(table);
  return isKnown || isOptional ? [] : [unknownName(table, undefined, 'Table', table)];
}
