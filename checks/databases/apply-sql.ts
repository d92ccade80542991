import type { AlterEnumStmt, AlterObjectSchemaStmt, Node, RenameStmt } from 'libpg-query';

import { alterTable, dropColumn } from './alter-table.ts';
import { applyObject, dropObject } from './apply-objects.ts';
import type { DatabaseFacts, TableFacts } from './database-facts.ts';
import { dropReadersOf } from './drop-readers.ts';
import { chooseTableKey, findTableNamed, relationOf, temporarySchema } from './find-relation.ts';
import { makeTable } from './make-table.ts';
import { lastName, textOf } from './sql-names.ts';
import { addIndex, dropIndex, listPartitions } from './table-indexes.ts';

/** Applies one statement to what is known of the database. Statements that change no table, index or enum pass. */
export function applySql(facts: DatabaseFacts, node: Node): void {
  if ('CreateStmt' in node) makeTable(facts, node.CreateStmt);
  else if ('AlterTableStmt' in node) alterTable(facts, node.AlterTableStmt);
  else if ('IndexStmt' in node) {
    const table = findTableNamed(facts, node.IndexStmt.relation);
    if (table !== undefined) addIndex(facts, table, node.IndexStmt);
  } else if ('RenameStmt' in node) rename(facts, node.RenameStmt);
  else if ('DropStmt' in node) {
    const { objects = [], removeType = '', behavior } = node.DropStmt;
    for (const object of objects) {
      drop(facts, removeType, object);
      dropObject(facts, removeType, object, behavior === 'DROP_CASCADE');
    }
  } else if ('CreateEnumStmt' in node) {
    const { typeName = [], vals = [] } = node.CreateEnumStmt;
    facts.enums.set(typeName.map(textOf).at(-1) ?? '', vals.map(textOf));
  } else if ('AlterEnumStmt' in node) alterEnum(facts, node.AlterEnumStmt);
  else if ('AlterObjectSchemaStmt' in node) move(facts, node.AlterObjectSchemaStmt);
  else if ('CreateSchemaStmt' in node) {
    const { schemaname = '', schemaElts = [] } = node.CreateSchemaStmt;
    const { searchPath } = facts;
    facts.schemas.add(schemaname);
    facts.searchPath = [schemaname, ...searchPath];
    for (const element of schemaElts) applySql(facts, element);
    facts.searchPath = searchPath;
  } else applyObject(facts, node);
}

function alterEnum(facts: DatabaseFacts, { typeName = [], ...change }: AlterEnumStmt): void {
  const { newVal, oldVal, newValNeighbor: neighbour, newValIsAfter: isAfter } = change;
  const values = facts.enums.get(typeName.map(textOf).at(-1) ?? '');
  if (values === undefined || newVal === undefined) return;
  if (oldVal !== undefined) {
    const at = values.indexOf(oldVal);
    if (at >= 0) values[at] = newVal;
    return;
  }
  // IF NOT EXISTS finds it.
  if (values.includes(newVal)) return;
  const at = neighbour === undefined ? -1 : values.indexOf(neighbour);
  values.splice(at < 0 ? values.length : at + (isAfter === true ? 1 : 0), 0, newVal);
}

function drop(facts: DatabaseFacts, kind: string, object: Node): void {
  const name = lastName(object);
  if (kind === 'OBJECT_TABLE') {
    const table = findTableNamed(facts, relationOf(object));
    if (table !== undefined) dropTable(facts, table);
  }
  if (kind === 'OBJECT_TYPE' || kind === 'OBJECT_DOMAIN') {
    facts.enums.delete(name);
    facts.domains.delete(name);
    for (const table of facts.tables.values())
      for (const column of table.columns.values())
        if (column.type === name || column.type === `${name}[]`) dropColumn(facts, table, column.name);
  }
  if (kind === 'OBJECT_INDEX') {
    const { schemaname, relname = '' } = relationOf(object);
    const schemas = schemaname === undefined ? [temporarySchema, ...facts.searchPath] : [schemaname];
    for (const table of facts.tables.values())
      if (schemas.includes(table.schema ?? 'public')) dropIndex(facts, table, relname);
  }
}

export function dropTable(facts: DatabaseFacts, table: TableFacts): void {
  facts.tables.delete(table.name);
  dropReadersOf(facts, table.name);
  for (const other of facts.tables.values())
    if (other.partitionOf === table.name || other.inheritsFrom === table.name) dropTable(facts, other);
}

function move(facts: DatabaseFacts, statement: AlterObjectSchemaStmt): void {
  const { relation, newschema = '' } = statement;
  const table = findTableNamed(facts, relation);
  if (table !== undefined) {
    setName(facts, table, newschema, table.ownName);
    return;
  }
  const view = facts.views.get(relation?.relname ?? '');
  if (view !== undefined) facts.views.set(relation?.relname ?? '', { ...view, schema: newschema });
}

/** Gives a table another name or schema; its partitions go on being parts of it. */
function setName(facts: DatabaseFacts, table: TableFacts, schema: string, ownName: string): void {
  const tables = [...facts.tables.values()];
  const partitions = tables.filter(({ partitionOf }) => partitionOf === table.name);
  const heirs = tables.filter(({ inheritsFrom }) => inheritsFrom === table.name);
  const before = table.name;
  facts.tables.delete(before);
  table.schema = schema;
  table.ownName = ownName;
  table.name = chooseTableKey(facts, schema, ownName);
  facts.tables.set(table.name, table);
  for (const partition of partitions) partition.partitionOf = table.name;
  renameReads(facts, before, table.name);
  for (const heir of heirs) heir.inheritsFrom = table.name;
}

function rename(facts: DatabaseFacts, statement: RenameStmt): void {
  const { renameType, newname = '', subname = '' } = statement;
  const relation = statement.relation?.relname ?? '';
  const table = findTableNamed(facts, statement.relation);
  const view = facts.views.get(relation);
  if (renameType === 'OBJECT_TABLE' && table !== undefined) {
    setName(facts, table, table.schema ?? 'public', newname);
  } else if (renameType === 'OBJECT_SCHEMA') renameSchema(facts, subname, newname);
  else if (renameType === 'OBJECT_COLUMN' && table !== undefined)
    renameColumn(facts, table, subname, newname);
  else if (view !== undefined) {
    const columns = view.columns?.map((name) => (name === subname ? newname : name));
    if (renameType === 'OBJECT_COLUMN') facts.views.set(relation, { ...view, columns });
    else {
      facts.views.delete(relation);
      facts.views.set(newname, view);
      renameReads(facts, relation, newname);
    }
  } else if (renameType === 'OBJECT_INDEX') renameNamedIndex(facts, statement);
  else if (renameType === 'OBJECT_TABCONSTRAINT' && table !== undefined)
    renameConstraint(table, subname, newname);
  else if ((renameType === 'OBJECT_TYPE' || renameType === 'OBJECT_DOMAIN') && statement.object !== undefined)
    renameDataType(facts, lastName(statement.object), newname);
}

function renameDataType(facts: DatabaseFacts, before: string, after: string): void {
  const [values, domain] = [facts.enums.get(before), facts.domains.get(before)];
  facts.enums.delete(before);
  facts.domains.delete(before);
  if (values !== undefined) facts.enums.set(after, values);
  if (domain !== undefined) facts.domains.set(after, domain);
  for (const { columns } of facts.tables.values())
    for (const column of columns.values())
      if (column.type === before || column.type === `${before}[]`)
        columns.set(column.name, { ...column, type: column.type.replace(before, () => after) });
}

function renameSchema(facts: DatabaseFacts, before: string, after: string): void {
  facts.schemas.delete(before);
  facts.schemas.add(after);
  for (const table of facts.tables.values())
    if (table.schema === before) setName(facts, table, after, table.ownName);
  for (const [name, view] of facts.views)
    if (view.schema === before) facts.views.set(name, { ...view, schema: after });
}

function renameNamedIndex(facts: DatabaseFacts, { relation, newname = '' }: RenameStmt): void {
  const { schemaname, relname = '' } = relation ?? {};
  const schemas = schemaname === undefined ? facts.searchPath : [schemaname];
  for (const table of facts.tables.values())
    if (schemas.includes(table.schema ?? 'public')) renameIndex(table.indexes, relname, newname);
}

/** A view goes on reading what gets another name. */
function renameReads(facts: DatabaseFacts, before: string, after: string): void {
  for (const { reads } of facts.views.values())
    if (reads.relations.delete(before)) reads.relations.add(after);
}

function renameColumn(facts: DatabaseFacts, table: TableFacts, before: string, after: string): void {
  const names = (list: readonly string[]) => list.map((name) => (name === before ? after : name));
  const columns = [...table.columns.values()];
  // They keep their order, which is that of a view over all of them.
  table.columns.clear();
  for (const column of columns) {
    const { computedFrom } = column;
    const name = column.name === before ? after : column.name;
    const computed = computedFrom === undefined ? {} : { computedFrom: names(computedFrom) };
    table.columns.set(name, { ...column, name, ...computed });
  }
  for (const index of table.indexes.values()) {
    const { alsoReads, nameParts } = index;
    table.indexes.set(index.name, {
      ...index,
      columns: names(index.columns),
      ...(alsoReads === undefined ? {} : { alsoReads: names(alsoReads) }),
      ...(nameParts === undefined ? {} : { nameParts: names(nameParts) }),
    });
  }
  for (const [name, check] of table.notNullChecks)
    if (check.column === before) table.notNullChecks.set(name, { ...check, column: after });
  for (const { reads } of facts.views.values())
    if (reads.relations.has(table.name) && reads.columns.has(before)) reads.columns.add(after);
  for (const partition of listPartitions(facts, table)) renameColumn(facts, partition, before, after);
}

function renameConstraint(table: TableFacts, before: string, after: string): void {
  renameIndex(table.indexes, before, after);
  const check = table.notNullChecks.get(before);
  if (check !== undefined && table.notNullChecks.delete(before)) table.notNullChecks.set(after, check);
  for (const column of table.columns.values())
    if (column.notNullName === before) table.columns.set(column.name, { ...column, notNullName: after });
}

function renameIndex(indexes: TableFacts['indexes'], before: string, after: string): void {
  const index = indexes.get(before);
  if (index === undefined) return;
  indexes.delete(before);
  indexes.set(after, { ...index, name: after });
}
