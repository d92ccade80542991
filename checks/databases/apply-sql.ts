import type {
  AlterTableCmd,
  AlterTableStmt,
  ColumnDef,
  Constraint,
  CreateStmt,
  IndexStmt,
  Node,
  RenameStmt,
  TableLikeClause,
} from 'libpg-query';

import { applyObject, createTable, dropObject } from './apply-objects.ts';
import type { ColumnFacts, DatabaseFacts, TableFacts } from './database-facts.ts';
import { lastName, printType, textOf } from './sql-names.ts';

/** Applies one statement to what is known of the database. Statements that change no table, index or enum pass. */
export function applySql(facts: DatabaseFacts, node: Node): void {
  if ('CreateStmt' in node) {
    addTable(facts, node.CreateStmt);
  } else if ('AlterTableStmt' in node) alterTable(facts, node.AlterTableStmt);
  else if ('IndexStmt' in node) addIndex(facts, node.IndexStmt);
  else if ('RenameStmt' in node) rename(facts, node.RenameStmt);
  else if ('DropStmt' in node) {
    const { objects = [], removeType = '', behavior } = node.DropStmt;
    for (const object of objects) {
      drop(facts, removeType, lastName(object), behavior === 'DROP_CASCADE');
      dropObject(facts, removeType, object, behavior === 'DROP_CASCADE');
    }
  } else if ('CreateEnumStmt' in node) {
    const { typeName = [], vals = [] } = node.CreateEnumStmt;
    facts.enums.set(typeName.map(textOf).at(-1) ?? '', vals.map(textOf));
  } else if ('AlterEnumStmt' in node) {
    const { typeName = [], newVal, oldVal } = node.AlterEnumStmt;
    const values = facts.enums.get(typeName.map(textOf).at(-1) ?? '');
    if (values === undefined || newVal === undefined) return;
    if (oldVal === undefined) values.push(newVal);
    else values.splice(values.indexOf(oldVal), 1, newVal);
  } else if ('AlterObjectSchemaStmt' in node) {
    const table = facts.tables.get(node.AlterObjectSchemaStmt.relation?.relname ?? '');
    if (table !== undefined) table.schema = node.AlterObjectSchemaStmt.newschema ?? '';
  } else applyObject(facts, node);
}

function addTable(facts: DatabaseFacts, { relation, tableElts = [], inhRelations = [] }: CreateStmt): void {
  const table = createTable(relation?.relname ?? '', relation?.schemaname);
  // IF NOT EXISTS finds it, and leaves it as it is.
  if (facts.tables.has(table.name)) return;
  facts.tables.set(table.name, table);
  for (const parent of inhRelations)
    if ('RangeVar' in parent) copyColumns(table, facts.tables.get(parent.RangeVar.relname ?? ''));
  for (const element of tableElts) {
    if ('TableLikeClause' in element) copyLike(facts, table, element.TableLikeClause);
    if ('ColumnDef' in element) addColumn(table, element.ColumnDef);
    if ('Constraint' in element) addConstraint(table, element.Constraint);
  }
}

// https://github.com/postgres/postgres/blob/REL_18_STABLE/src/include/nodes/parsenodes.h, TableLikeOption
const likeFilled = 8 | 16 | 32;
const likeIndexes = 64;

/** `(LIKE people INCLUDING ALL)`: columns and NOT NULL always, defaults and indexes where the clause says so. */
function copyLike(facts: DatabaseFacts, table: TableFacts, { relation, options = 0 }: TableLikeClause): void {
  const model = facts.tables.get(relation?.relname ?? '');
  copyColumns(table, model, (options & likeFilled) !== 0);
  if (model === undefined || (options & likeIndexes) === 0) return;
  for (const index of model.indexes.values()) {
    const ending = index.isPrimary ? 'pkey' : `${index.columns.join('_')}_${index.isUnique ? 'key' : 'idx'}`;
    const name = `${table.name}_${ending}`;
    table.indexes.set(name, { ...index, name });
  }
}

function copyColumns(table: TableFacts, model: TableFacts | undefined, isFilled = true): void {
  for (const column of model?.columns.values() ?? [])
    table.columns.set(column.name, { ...column, hasDefault: isFilled && column.hasDefault });
}

function drop(facts: DatabaseFacts, kind: string, name: string, isCascade: boolean): void {
  if (kind === 'OBJECT_TABLE') facts.tables.delete(name);
  if (kind === 'OBJECT_TYPE') {
    facts.enums.delete(name);
    if (isCascade)
      for (const table of facts.tables.values())
        for (const column of table.columns.values())
          if (column.type === name || column.type === `${name}[]`) dropColumn(table, column.name);
  }
  if (kind === 'OBJECT_INDEX') for (const table of facts.tables.values()) table.indexes.delete(name);
}

function dropColumn(table: TableFacts, name: string): void {
  table.columns.delete(name);
  for (const index of table.indexes.values())
    if (index.columns.includes(name)) table.indexes.delete(index.name);
}

function addColumn(table: TableFacts, definition: ColumnDef): void {
  const name = definition.colname ?? '';
  const constraints = (definition.constraints ?? []).flatMap((node) =>
    'Constraint' in node ? [node.Constraint] : [],
  );
  const find = (kind: string) => constraints.find((constraint) => constraint.contype === kind);
  const has = (kind: string) => find(kind) !== undefined;
  const type = printType(definition.typeName);
  const isSerial = /^(small|big)?serial\d?$/.test(type);
  const hasDefault = has('CONSTR_DEFAULT') || has('CONSTR_IDENTITY') || has('CONSTR_GENERATED') || isSerial;
  table.columns.set(name, {
    name,
    type,
    isNullable: !has('CONSTR_NOTNULL') && !has('CONSTR_PRIMARY') && !isSerial,
    hasDefault,
    wasAddedFilled: hasDefault,
  });
  const [primary, unique] = [find('CONSTR_PRIMARY'), find('CONSTR_UNIQUE')];
  if (primary !== undefined) setKey(table, primary.conname ?? `${table.name}_pkey`, [name], true);
  if (unique !== undefined) setKey(table, unique.conname ?? `${table.name}_${name}_key`, [name], false);
}

function setKey(table: TableFacts, name: string, columns: readonly string[], isPrimary: boolean): void {
  table.indexes.set(name, { name, columns, isUnique: true, isPartial: false, isPrimary });
  if (isPrimary) requireColumns(table, columns);
}

function requireColumns(table: TableFacts, columns: readonly string[]): void {
  for (const name of columns) {
    const column = table.columns.get(name);
    if (column !== undefined) table.columns.set(name, { ...column, isNullable: false });
  }
}

function addConstraint(table: TableFacts, constraint: Constraint): void {
  // USING INDEX takes the columns of the index, which goes by the constraint's name from then on.
  const taken = table.indexes.get(constraint.indexname ?? '');
  if (taken !== undefined) table.indexes.delete(taken.name);
  const columns = taken?.columns ?? (constraint.keys ?? []).map(textOf);
  const given = constraint.conname ?? taken?.name;
  const name = given ?? `${table.name}_${columns.join('_')}_key`;
  if (constraint.contype === 'CONSTR_PRIMARY') setKey(table, given ?? `${table.name}_pkey`, columns, true);
  if (constraint.contype === 'CONSTR_UNIQUE') setKey(table, name, columns, false);
  if (constraint.contype === 'CONSTR_NOTNULL') requireColumns(table, columns);
}

function alterTable(facts: DatabaseFacts, statement: AlterTableStmt): void {
  const table = facts.tables.get(statement.relation?.relname ?? '');
  if (table === undefined) return;
  for (const node of statement.cmds ?? []) if ('AlterTableCmd' in node) alter(table, node.AlterTableCmd);
}

function alter(table: TableFacts, command: AlterTableCmd): void {
  const name = command.name ?? '';
  const column = table.columns.get(name);
  const change = (part: Partial<ColumnFacts>) => {
    if (column !== undefined) table.columns.set(name, { ...column, ...part });
  };
  switch (command.subtype) {
    case 'AT_AddColumn':
      if (command.def && 'ColumnDef' in command.def && !isThere(table, command))
        addColumn(table, command.def.ColumnDef);
      return;
    case 'AT_DropColumn':
      dropColumn(table, name);
      return;
    case 'AT_SetNotNull':
      change({ isNullable: false });
      return;
    case 'AT_DropNotNull':
      change({ isNullable: true });
      return;
    case 'AT_ColumnDefault':
      change({ hasDefault: command.def !== undefined });
      return;
    case 'AT_AlterColumnType':
      if (command.def && 'ColumnDef' in command.def)
        change({ type: printType(command.def.ColumnDef.typeName) });
      return;
    case 'AT_AddConstraint':
      if (command.def && 'Constraint' in command.def) addConstraint(table, command.def.Constraint);
      return;
    case 'AT_DropConstraint':
      table.indexes.delete(name);
      return;
    case 'AT_AddIdentity':
      change({ hasDefault: true, isNullable: false });
      return;
    case 'AT_DropIdentity':
    case 'AT_DropExpression':
      change({ hasDefault: false });
      return;
    case 'AT_EnableRowSecurity':
    case 'AT_DisableRowSecurity':
      table.hasRowSecurity = command.subtype === 'AT_EnableRowSecurity';
      return;
    default:
  }
}

/** Whether ADD COLUMN IF NOT EXISTS finds the column and does nothing. */
export function isThere(
  table: TableFacts | undefined,
  { def, missing_ok: isOptional }: AlterTableCmd,
): boolean {
  if (isOptional !== true || !def || !('ColumnDef' in def)) return false;
  return table?.columns.has(def.ColumnDef.colname ?? '') === true;
}

function addIndex(facts: DatabaseFacts, statement: IndexStmt): void {
  const table = facts.tables.get(statement.relation?.relname ?? '');
  if (table === undefined) return;
  const columns = (statement.indexParams ?? []).map((node) =>
    'IndexElem' in node ? (node.IndexElem.name ?? '') : '',
  );
  const name = statement.idxname ?? `${table.name}_${columns.join('_')}_idx`;
  table.indexes.set(name, {
    name,
    columns,
    isUnique: statement.unique === true,
    isPartial: statement.whereClause !== undefined || columns.includes(''),
    isPrimary: false,
  });
}

function rename(facts: DatabaseFacts, statement: RenameStmt): void {
  const { renameType, newname = '', subname = '' } = statement;
  const relation = statement.relation?.relname ?? '';
  const table = facts.tables.get(relation);
  if (renameType === 'OBJECT_TABLE' && table !== undefined) {
    facts.tables.delete(relation);
    table.name = newname;
    facts.tables.set(newname, table);
  } else if (renameType === 'OBJECT_SCHEMA') {
    for (const moved of facts.tables.values()) if (moved.schema === subname) moved.schema = newname;
  } else if (facts.views.has(relation)) {
    const columns = facts.views.get(relation);
    if (renameType === 'OBJECT_COLUMN')
      facts.views.set(
        relation,
        columns?.map((name) => (name === subname ? newname : name)),
      );
    else {
      facts.views.delete(relation);
      facts.views.set(newname, columns);
    }
  } else if (renameType === 'OBJECT_COLUMN' && table !== undefined) renameColumn(table, subname, newname);
  else if (renameType === 'OBJECT_INDEX')
    for (const { indexes } of facts.tables.values()) renameIndex(indexes, relation, newname);
  else if (renameType === 'OBJECT_TABCONSTRAINT' && table !== undefined)
    renameIndex(table.indexes, subname, newname);
  else if (renameType === 'OBJECT_TYPE' && statement.object !== undefined) {
    const name = lastName(statement.object);
    const values = facts.enums.get(name);
    if (values === undefined) return;
    facts.enums.delete(name);
    facts.enums.set(newname, values);
    retype(facts, name, newname);
  }
}

function retype(facts: DatabaseFacts, before: string, after: string): void {
  for (const { columns } of facts.tables.values())
    for (const column of columns.values())
      if (column.type === before || column.type === `${before}[]`)
        columns.set(column.name, { ...column, type: column.type.replace(before, () => after) });
}

function renameColumn(table: TableFacts, before: string, after: string): void {
  const column = table.columns.get(before);
  if (column === undefined) return;
  table.columns.delete(before);
  table.columns.set(after, { ...column, name: after });
  for (const index of table.indexes.values())
    table.indexes.set(index.name, {
      ...index,
      columns: index.columns.map((name) => (name === before ? after : name)),
    });
}

function renameIndex(indexes: TableFacts['indexes'], before: string, after: string): void {
  const index = indexes.get(before);
  if (index === undefined) return;
  indexes.delete(before);
  indexes.set(after, { ...index, name: after });
}
