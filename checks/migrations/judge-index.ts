import type { IndexStmt, ReindexStmt } from 'libpg-query';

import { keyOf } from '../databases/find-relation.ts';
import { contract, expand, isDeployed, type HazardContext, type JudgedStatement } from './hazard.ts';

/** Judges CREATE INDEX. */
export function judgeIndex(statement: IndexStmt, context: HazardContext): Omit<JudgedStatement, 'line'> {
  const table = keyOf(context.now, statement.relation);
  const columns = (statement.indexParams ?? [])
    .map((part) => ('IndexElem' in part ? (part.IndexElem.name ?? '(expression)') : ''))
    .join(', ');
  const name = statement.idxname ?? `on ${table} (${columns})`;
  const unique = statement.unique === true;
  const summary = `create ${unique ? 'unique ' : ''}index ${name}`;
  if (!isDeployed(table, context)) return expand(summary);
  if (unique)
    return contract(summary, {
      rule: 'unique-added',
      severity: 'warning',
      table,
      part: name,
      what: `Unique index ${name} makes (${columns}) unique in ${table}.`,
      why: `It fails when two rows are equal${statement.concurrent === true ? '' : ', stops writes while it is built'}, and from then on refuses what an older version may write.`,
      next: [
        'Look for duplicates first: SELECT the columns, count(*) ... GROUP BY ... HAVING count(*) > 1.',
        ...(statement.concurrent === true
          ? []
          : ['Build it with CREATE UNIQUE INDEX CONCURRENTLY, alone in a migration of its own.']),
      ],
    });
  if (statement.concurrent === true) return expand(summary);
  return expand(summary, {
    rule: 'index-blocks-writes',
    severity: 'warning',
    table,
    part: name,
    what: `Index ${name} on ${table} (${columns}) is built without CONCURRENTLY.`,
    why: 'No row of the table can be written until the index is built: on a large table that takes minutes.',
    next: [
      'Write CREATE INDEX CONCURRENTLY, alone in a migration of its own (it is refused in a transaction).',
      'When the table is known to be small, it may stay so.',
    ],
  });
}

/** Judges REINDEX, which builds an index anew. */
export function judgeReindex(
  statement: ReindexStmt,
  isConcurrent: boolean,
  context: HazardContext,
): Omit<JudgedStatement, 'line'> {
  const name =
    statement.relation === undefined ? (statement.name ?? '') : keyOf(context.now, statement.relation);
  const summary = `reindex ${name}`;
  const table = context.now.tables.has(name)
    ? name
    : [...context.now.tables.values()].find(({ indexes }) => indexes.has(name))?.name;
  if (isConcurrent || (table !== undefined && !isDeployed(table, context))) return expand(summary);
  return expand(summary, {
    rule: 'index-blocks-writes',
    severity: 'warning',
    table: table ?? name,
    ...(table === name ? {} : { part: name }),
    what: `REINDEX of ${name} builds indexes anew without CONCURRENTLY.`,
    why: 'No row of the table can be written until they are built, and no search can use them.',
    next: [
      'Write REINDEX ... CONCURRENTLY, alone in a migration of its own (it is refused in a transaction).',
    ],
  });
}
