import type { Node, SelectStmt } from 'libpg-query';

import type { ColumnFacts, DatabaseFacts } from './database-facts.ts';
import { findTableNamed } from './find-relation.ts';
import { nameOfExpression } from './relation-names.ts';
import { printType, textOf } from './sql-names.ts';

/** What a column's type is called where no file tells it. */
export const unknownType = 'unknown';

/** The columns that a query gives, in order; undefined where its text alone does not tell them. */
export function listSelected(
  query: Node | undefined,
  facts: DatabaseFacts,
  aliases: readonly string[] = [],
): ColumnFacts[] | undefined {
  const columns = query && 'SelectStmt' in query ? listColumns(query.SelectStmt, facts) : undefined;
  return columns?.map((column, at) => ({ ...column, name: aliases[at] ?? column.name }));
}

function listColumns(select: SelectStmt, facts: DatabaseFacts): ColumnFacts[] | undefined {
  // The first query of a UNION names the columns.
  if (select.larg !== undefined) return listColumns(select.larg, facts);
  const sources = listSources(select, facts);
  const columns: ColumnFacts[] = [];
  for (const node of select.targetList ?? []) {
    if (!('ResTarget' in node)) return undefined;
    const { name, val } = node.ResTarget;
    const found = isStar(val) ? sources : [describe(name, val, sources ?? [])];
    if (found === undefined || found.some((column) => column === undefined)) return undefined;
    columns.push(...found.filter((column) => column !== undefined));
  }
  return columns.length === 0 ? undefined : columns;
}

/** The columns of the only table or view that is selected from. */
function listSources(
  { fromClause = [], withClause }: SelectStmt,
  facts: DatabaseFacts,
): ColumnFacts[] | undefined {
  const [source] = fromClause;
  if (fromClause.length !== 1 || source === undefined || !('RangeVar' in source)) return undefined;
  const { relname = '', schemaname, alias } = source.RangeVar;
  // A query of WITH hides the table of its name.
  const isHidden = (withClause?.ctes ?? []).some(
    (part) => 'CommonTableExpr' in part && part.CommonTableExpr.ctename === relname,
  );
  if (isHidden && schemaname === undefined) return undefined;
  const table = findTableNamed(facts, source.RangeVar);
  if (table?.isUnclear === true) return undefined;
  const columns =
    table === undefined ? facts.views.get(relname)?.columns?.map(asColumn) : [...table.columns.values()];
  const names = (alias?.colnames ?? []).map(textOf);
  return columns?.map((column, at) => ({ ...column, name: names[at] ?? column.name }));
}

function asColumn(name: string): ColumnFacts {
  return { name, type: unknownType, isNullable: true, hasDefault: false };
}

function isStar(value: Node | undefined): boolean {
  if (value === undefined || !('ColumnRef' in value)) return false;
  const last = value.ColumnRef.fields?.at(-1);
  return last !== undefined && 'A_Star' in last;
}

function describe(
  name: string | undefined,
  value: Node | undefined,
  sources: readonly ColumnFacts[],
): ColumnFacts | undefined {
  const own = nameOfExpression(value);
  const given = name ?? own;
  if (given === undefined) return undefined;
  const type =
    value && 'TypeCast' in value
      ? printType(value.TypeCast.typeName)
      : (sources.find((column) => column.name === own)?.type ?? unknownType);
  return { ...asColumn(given), type };
}
