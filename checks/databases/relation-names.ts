import type { Node } from 'libpg-query';

import type { DatabaseFacts } from './database-facts.ts';
import { textOf } from './sql-names.ts';

// NAMEDATALEN of PostgreSQL, less the byte that ends a text in C.
const longestName = 63;

/**
 * The name that PostgreSQL gives to an index or a constraint without one.
 * https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/commands/indexcmds.c, makeObjectName
 */
export function chooseName(
  table: string,
  columns: readonly string[],
  label: string,
  isTaken: (name: string) => boolean,
): string {
  for (let pass = 0; ; pass += 1) {
    const name = joinParts(table, columns.join('_'), pass === 0 ? label : `${label}${pass}`);
    if (!isTaken(name)) return name;
  }
}

/** The longer of the first two parts is cut until all fit. */
function joinParts(first: string, second: string, label: string): string {
  const room = longestName - label.length - 1 - (second === '' ? 0 : 1);
  let [left, right] = [first.length, second.length];
  while (left + right > room)
    if (left > right) left -= 1;
    else right -= 1;
  return [first.slice(0, left), second.slice(0, right), label].filter((part) => part !== '').join('_');
}

/** Whether a table, view or index of the schema has the name: they share one space of names. */
export function hasRelation(facts: DatabaseFacts, schema: string, name: string): boolean {
  return (
    facts.views.get(name)?.schema === schema ||
    [...facts.tables.values()].some(
      (table) => (table.schema ?? 'public') === schema && (table.ownName === name || table.indexes.has(name)),
    )
  );
}

/** What PostgreSQL calls an expression without a name of its own; undefined where it calls it `?column?`. */
export function nameOfExpression(value: Node | undefined): string | undefined {
  if (value === undefined) return undefined;
  if ('ColumnRef' in value) {
    const last = value.ColumnRef.fields?.at(-1);
    return last === undefined || 'A_Star' in last ? undefined : textOf(last);
  }
  if ('FuncCall' in value) return (value.FuncCall.funcname ?? []).map(textOf).at(-1);
  if ('CoalesceExpr' in value) return 'coalesce';
  if ('CollateClause' in value) return nameOfExpression(value.CollateClause.arg);
  if ('CaseExpr' in value) return nameOfExpression(value.CaseExpr.defresult) ?? 'case';
  if (!('TypeCast' in value)) return undefined;
  const type = (value.TypeCast.typeName?.names ?? []).map(textOf).at(-1);
  return nameOfExpression(value.TypeCast.arg) ?? type;
}
