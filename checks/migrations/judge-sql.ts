import type { Node } from 'libpg-query';

import { lastName, textOf } from '../databases/sql-names.ts';
import { expand, isDeployed, type HazardContext, type JudgedStatement } from './hazard.ts';
import { judgeAlterTable } from './judge-column-swap.ts';
import { judgeDrop } from './judge-drop.ts';
import { judgeEnumValue, judgeTypeDrop } from './judge-enum-type.ts';
import { judgeIndex } from './judge-index.ts';
import { judgeMove, judgeRename } from './judge-rename.ts';
import { judgeDefaultRights, judgeGrant } from './judge-rights.ts';
import { judgeRows } from './judge-rows.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges one SQL statement; an ALTER TABLE gives one entry for each of its parts. */
export function judgeSql(node: Node, context: HazardContext): Judged[] {
  if ('AlterTableStmt' in node) {
    const table = node.AlterTableStmt.relation?.relname ?? '';
    const commands = (node.AlterTableStmt.cmds ?? []).flatMap((part) =>
      'AlterTableCmd' in part ? [part.AlterTableCmd] : [],
    );
    return isDeployed(table, context)
      ? judgeAlterTable(table, commands, context)
      : [expand(`alter ${table}`)];
  }
  if ('AlterObjectSchemaStmt' in node) return [judgeMove(node.AlterObjectSchemaStmt, context)];
  if ('IndexStmt' in node) return [judgeIndex(node.IndexStmt, context)];
  if ('RenameStmt' in node) return [judgeRename(node.RenameStmt, context)];
  if ('DropStmt' in node) {
    const { removeType = '', objects = [], behavior } = node.DropStmt;
    if (removeType === 'OBJECT_TYPE' && behavior === 'DROP_CASCADE')
      return objects.flatMap((object) => judgeTypeDrop(lastName(object), context));
    return objects.map((object) => judgeDrop(removeType, lastName(object), context));
  }
  if ('GrantStmt' in node) return [judgeGrant(node.GrantStmt, context)];
  if ('AlterDefaultPrivilegesStmt' in node)
    return [judgeDefaultRights(node.AlterDefaultPrivilegesStmt.action)];
  if ('CreateStmt' in node) return [expand(`create table ${node.CreateStmt.relation?.relname ?? ''}`)];
  if ('CreateEnumStmt' in node)
    return [expand(`create type ${(node.CreateEnumStmt.typeName ?? []).map(textOf).at(-1) ?? ''}`)];
  if ('AlterEnumStmt' in node) {
    const { typeName = [], newVal = '', oldVal } = node.AlterEnumStmt;
    return [judgeEnumValue(typeName.map(textOf).at(-1) ?? '', oldVal, newVal)];
  }
  // They change nothing that a version reads or writes, and belong to no phase.
  if ('TransactionStmt' in node || 'VariableSetStmt' in node || 'CommentStmt' in node) return [];
  if ('DoStmt' in node || 'CallStmt' in node) return [judgeCode('DoStmt' in node ? 'DO' : 'CALL')];
  return [judgeRows(node, context)];
}

/** What code does depends on where it runs: a check that said nothing of it would pass for one that has read it. */
function judgeCode(command: string): Judged {
  return expand(`run ${command}`, {
    rule: 'code-not-judged',
    severity: 'warning',
    table: command,
    what: `What the code behind ${command} does to the database is not judged.`,
    why: 'It is a program: which statements it runs is known only where it runs.',
    next: [
      'Write its statements as SQL of their own, where they need no program.',
      'Else see yourself that the version now deployed can do with what it leaves.',
    ],
  });
}

/** Whether the statement is refused in a transaction. */
export function isConcurrent(node: Node): boolean {
  if ('IndexStmt' in node) return node.IndexStmt.concurrent === true;
  if ('DropStmt' in node) return node.DropStmt.concurrent === true;
  return 'ReindexStmt' in node && JSON.stringify(node).includes('"concurrently"');
}
