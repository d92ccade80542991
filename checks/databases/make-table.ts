import type { Constraint, CreateStmt, TableLikeClause } from 'libpg-query';

import { createTable, type DatabaseFacts, type TableFacts } from './database-facts.ts';
import { chooseTableKey, findTableNamed, schemaOf } from './find-relation.ts';
import { listOwnConstraints, makeColumn } from './make-column.ts';
import { textOf } from './sql-names.ts';
import { addConstraint, copyIndex } from './table-indexes.ts';

/** CREATE TABLE: columns first, whatever the order in the statement, then what is said of them. */
export function makeTable(facts: DatabaseFacts, statement: CreateStmt): void {
  const { relation, tableElts = [], inhRelations = [], partbound, ofTypename } = statement;
  const schema = schemaOf(facts, relation);
  const name = relation?.relname ?? '';
  // IF NOT EXISTS finds it, and leaves it as it is.
  if (findTableNamed(facts, { schemaname: schema, relname: name }) !== undefined) return;
  const parents = inhRelations.flatMap(
    (parent) => ('RangeVar' in parent ? findTableNamed(facts, parent.RangeVar) : undefined) ?? [],
  );
  const [parent] = parents;
  const table: TableFacts = {
    ...createTable(chooseTableKey(facts, schema, name), schema, name),
    // A table that inherits follows every change of its parents; a typed one has the columns of its type.
    ...((inhRelations.length > 0 && partbound === undefined) || ofTypename !== undefined
      ? { isUnclear: true as const }
      : {}),
    ...(parent === undefined
      ? {}
      : { [partbound === undefined ? 'inheritsFrom' : 'partitionOf']: parent.name }),
  };
  facts.tables.set(table.name, table);
  const copied = like.defaults | like.generated | (partbound === undefined ? 0 : like.identity);
  for (const model of parents) copyColumns(facts, table, model, copied);
  for (const element of tableElts) {
    if ('TableLikeClause' in element) copyLike(facts, table, element.TableLikeClause);
    if ('ColumnDef' in element)
      table.columns.set(element.ColumnDef.colname ?? '', makeColumn(element.ColumnDef, facts));
  }
  addConstraints(facts, table, listTableConstraints(tableElts));
  for (const model of partbound === undefined ? [] : parents)
    for (const index of model.indexes.values()) copyIndex(facts, table, index);
  for (const element of tableElts)
    if ('TableLikeClause' in element) copyIndexes(facts, table, element.TableLikeClause);
}

/** The constraints of the table, and those that stand with a column as ones of the table. */
function listTableConstraints(elements: NonNullable<CreateStmt['tableElts']>): Constraint[] {
  return elements.flatMap((element) => {
    if ('Constraint' in element) return [element.Constraint];
    return 'ColumnDef' in element ? listOwnConstraints(element.ColumnDef) : [];
  });
}

/** The key is made first, and a constraint that says the same of the same columns is made once. */
function addConstraints(facts: DatabaseFacts, table: TableFacts, constraints: readonly Constraint[]): void {
  const isPrimary = ({ contype }: Constraint) => contype === 'CONSTR_PRIMARY';
  const isIndexed = (constraint: Constraint) =>
    isPrimary(constraint) || constraint.contype === 'CONSTR_UNIQUE';
  const print = ({ keys = [], including = [], nulls_not_distinct: isStrict }: Constraint) =>
    JSON.stringify([keys.map(textOf), including.map(textOf), isStrict === true]);
  const kept = new Map<string, Constraint>();
  const ordered = [...constraints.filter(isPrimary), ...constraints.filter((one) => !isPrimary(one))];
  for (const constraint of ordered.filter(isIndexed)) {
    const other = kept.get(print(constraint));
    const conname = other?.conname ?? constraint.conname;
    const name = conname === undefined ? {} : { conname };
    kept.set(print(constraint), { ...(other ?? constraint), ...name });
  }
  const others = constraints.filter((constraint) => !isIndexed(constraint));
  for (const constraint of [...others, ...kept.values()]) addConstraint(facts, table, constraint);
}

// https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/nodes/parsenodes.h, TableLikeOption
const like = { constraints: 4, defaults: 8, generated: 16, identity: 32, indexes: 64 };

/** `(LIKE people INCLUDING ALL)`: columns and NOT NULL always, defaults and checks where the clause says so. */
function copyLike(facts: DatabaseFacts, table: TableFacts, { relation, options = 0 }: TableLikeClause): void {
  const model = findTableNamed(facts, relation);
  copyColumns(facts, table, model, options);
  if ((options & like.constraints) !== 0)
    for (const [name, check] of model?.notNullChecks ?? []) table.notNullChecks.set(name, check);
}

function copyIndexes(
  facts: DatabaseFacts,
  table: TableFacts,
  { relation, options = 0 }: TableLikeClause,
): void {
  const model = findTableNamed(facts, relation);
  if (model === undefined || (options & like.indexes) === 0) return;
  const indexes = [...model.indexes.values()];
  for (const { parent: _, ...index } of [...indexes].sort(
    (a, b) => Number(b.isPrimary) - Number(a.isPrimary),
  ))
    copyIndex(facts, table, index);
}

function copyColumns(
  facts: DatabaseFacts,
  table: TableFacts,
  model: TableFacts | undefined,
  options: number,
): void {
  for (const column of model?.columns.values() ?? []) {
    const { computedFrom, isIdentity, ...rest } = column;
    const needed =
      computedFrom !== undefined ? like.generated : isIdentity === true ? like.identity : like.defaults;
    const isFilled = column.hasDefault && (options & needed) !== 0;
    table.columns.set(column.name, {
      ...rest,
      hasDefault: isFilled || facts.domains.get(column.type)?.hasDefault === true,
      ...(isFilled && computedFrom !== undefined ? { computedFrom } : {}),
      ...(isFilled && isIdentity === true ? { isIdentity } : {}),
    });
  }
}
