import type { Node } from 'libpg-query';

import { contract, expand, isDeployed, migrate, type HazardContext, type JudgedStatement } from './hazard.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges what changes rows. */
export function judgeRows(node: Node, context: HazardContext): Judged {
  if ('TruncateStmt' in node || ('DeleteStmt' in node && node.DeleteStmt.whereClause === undefined)) {
    const table =
      'TruncateStmt' in node
        ? (node.TruncateStmt.relations ?? [])
            .map((part) => ('RangeVar' in part ? (part.RangeVar.relname ?? '') : ''))
            .join(', ')
        : (('DeleteStmt' in node ? node.DeleteStmt.relation?.relname : undefined) ?? '');
    if (!table.split(', ').some((name) => isDeployed(name, context))) return migrate(`empty ${table}`);
    return contract(`empty ${table}`, {
      rule: 'rows-deleted',
      severity: 'warning',
      table,
      what: `All rows of ${table} are deleted.`,
      why: 'The data is lost, in every environment that runs the migration.',
      next: ['See that nobody needs the rows; keep a backup.'],
    });
  }
  if ('UpdateStmt' in node) {
    const table = node.UpdateStmt.relation?.relname ?? '';
    if (node.UpdateStmt.whereClause !== undefined || !isDeployed(table, context))
      return migrate(`fill ${table}`);
    return migrate(`update every row of ${table}`, {
      rule: 'rows-rewritten',
      severity: 'warning',
      table,
      what: `UPDATE without WHERE changes every row of ${table} in one transaction.`,
      why: 'All rows stay locked until the migration ends, and the table grows by its own size.',
      next: [
        'Fill the rows in batches, outside of the migration or with a WHERE that takes a part at a time.',
      ],
    });
  }
  if ('InsertStmt' in node || 'DeleteStmt' in node) return migrate('change rows');
  return expand('run a statement');
}
