import type { Constraint, IndexStmt } from 'libpg-query';

import type { ColumnFacts, DatabaseFacts, IndexFacts, TableFacts } from './database-facts.ts';
import { listNamed } from './named-in-sql.ts';
import { chooseName, hasRelation, nameOfExpression } from './relation-names.ts';
import { textOf } from './sql-names.ts';

/** Adds the constraint as far as the model knows such: keys, uniques and NOT NULL. */
export function addConstraint(facts: DatabaseFacts, table: TableFacts, constraint: Constraint): void {
  const { contype, conname, raw_expr: condition, initially_valid: isValid } = constraint;
  if (contype === 'CONSTR_NOTNULL') {
    for (const key of constraint.keys ?? []) requireColumn(table, textOf(key), conname);
    return;
  }
  if (contype === 'CONSTR_CHECK') {
    const column = columnThatMustBeThere(condition);
    if (column !== undefined) {
      const isTaken = (name: string) => table.notNullChecks.has(name);
      const name = conname ?? chooseName(table.ownName, [column], 'check', isTaken);
      table.notNullChecks.set(name, { column, isValid: isValid === true });
    }
    return;
  }
  if (contype !== 'CONSTR_PRIMARY' && contype !== 'CONSTR_UNIQUE') return;
  const isPrimary = contype === 'CONSTR_PRIMARY';
  // USING INDEX takes the columns of the index, which goes by the constraint's name from then on.
  const taken = table.indexes.get(constraint.indexname ?? '');
  if (taken !== undefined) table.indexes.delete(taken.name);
  const columns = taken?.columns ?? (constraint.keys ?? []).map(textOf);
  const more = (constraint.including ?? []).map(textOf);
  const name =
    conname ??
    taken?.name ??
    chooseIndexName(facts, table, isPrimary ? [] : [...columns, ...more], isPrimary ? 'pkey' : 'key');
  if (isPrimary) for (const column of columns) requireColumn(table, column);
  addToPartitions(facts, table, {
    name,
    columns,
    isUnique: true,
    isPartial: false,
    isPrimary,
    isConstraint: true,
    ...(more.length > 0 ? { alsoReads: more, nameParts: [...columns, ...more] } : {}),
  });
}

/** The column of `CHECK (x IS NOT NULL)`. */
export function columnThatMustBeThere(condition: Constraint['raw_expr']): string | undefined {
  if (!condition || !('NullTest' in condition)) return undefined;
  const { arg, nulltesttype } = condition.NullTest;
  return nulltesttype === 'IS_NOT_NULL' && arg && 'ColumnRef' in arg ? nameOfExpression(arg) : undefined;
}

/** Makes the column NOT NULL; the constraint of that keeps its name until it is dropped. */
export function requireColumn(table: TableFacts, name: string, constraint?: string): void {
  const column = table.columns.get(name);
  if (column === undefined || column.notNullName !== undefined) return;
  const notNullName = constraint ?? chooseName(table.ownName, [name], 'not_null', () => false);
  table.columns.set(name, { ...column, isNullable: false, notNullName });
}

/** A column that may be null again, unless its type is a domain that refuses that. */
export function releaseColumn({ domains }: DatabaseFacts, table: TableFacts, column: ColumnFacts): void {
  const { notNullName: _, ...rest } = column;
  table.columns.set(column.name, { ...rest, isNullable: domains.get(column.type)?.isRequired !== true });
}

export function chooseIndexName(
  facts: DatabaseFacts,
  table: TableFacts,
  columns: readonly string[],
  label: string,
): string {
  return chooseName(table.ownName, columns, label, (name) =>
    hasRelation(facts, table.schema ?? 'public', name),
  );
}

export function addIndex(facts: DatabaseFacts, table: TableFacts, statement: IndexStmt): void {
  const { idxname, indexParams = [], indexIncludingParams = [], whereClause } = statement;
  const elements = indexParams.flatMap((node) => ('IndexElem' in node ? [node.IndexElem] : []));
  const columns = elements.map(({ name }) => name ?? '');
  const more = indexIncludingParams.flatMap((node) =>
    'IndexElem' in node ? [node.IndexElem.name ?? ''] : [],
  );
  const schema = table.schema ?? 'public';
  if (idxname !== undefined && statement.if_not_exists === true && hasRelation(facts, schema, idxname))
    return;
  const names = [...elements.map(({ name, expr }) => name ?? nameOfExpression(expr) ?? 'expr'), ...more];
  const alsoReads = [...more, ...listNamed([elements.map(({ expr }) => expr), whereClause]).columns];
  addToPartitions(facts, table, {
    name: idxname ?? chooseIndexName(facts, table, countRepeated(names), 'idx'),
    columns,
    isUnique: statement.unique === true,
    isPartial: whereClause !== undefined || columns.includes(''),
    isPrimary: false,
    ...(alsoReads.length > 0 ? { alsoReads, nameParts: names } : {}),
  });
}

/** A second column of a name is counted: `expr`, `expr1`. */
function countRepeated(names: readonly string[]): string[] {
  const told: string[] = [];
  for (const name of names) {
    let free = name;
    for (let count = 1; told.includes(free); count += 1) free = `${name}${count}`;
    told.push(free);
  }
  return told;
}

/** The index of a table, and of each of its partitions the same. */
function addToPartitions(facts: DatabaseFacts, table: TableFacts, index: IndexFacts): void {
  table.indexes.set(index.name, index);
  for (const partition of listPartitions(facts, table)) copyIndex(facts, partition, index);
}

/** An index of the same columns under the name that PostgreSQL gives it. */
export function copyIndex(facts: DatabaseFacts, table: TableFacts, index: IndexFacts): void {
  if (index.isPrimary) for (const column of index.columns) requireColumn(table, column);
  const columns = index.isPrimary ? [] : (index.nameParts ?? index.columns);
  const label = index.isPrimary ? 'pkey' : index.isConstraint === true ? 'key' : 'idx';
  const name = chooseIndexName(facts, table, countRepeated(columns), label);
  addToPartitions(facts, table, { ...index, name, parent: index.name });
}

export function listPartitions({ tables }: DatabaseFacts, { name }: TableFacts): TableFacts[] {
  return [...tables.values()].filter((table) => table.partitionOf === name);
}

/** Takes away an index, and those of partitions that are parts of it. */
export function dropIndex(facts: DatabaseFacts, table: TableFacts, name: string): void {
  if (!table.indexes.delete(name)) return;
  for (const partition of listPartitions(facts, table))
    for (const index of partition.indexes.values())
      if (index.parent === name) dropIndex(facts, partition, index.name);
}
