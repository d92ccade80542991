import type { AlterTableCmd, AlterTableStmt } from 'libpg-query';

import type { ColumnFacts, DatabaseFacts, TableFacts } from './database-facts.ts';
import { dropReadersOf } from './drop-readers.ts';
import { findTableNamed } from './find-relation.ts';
import { listOwnConstraints, makeColumn } from './make-column.ts';
import { isNull } from './named-in-sql.ts';
import { printType } from './sql-names.ts';
import { addConstraint, dropIndex, listPartitions, releaseColumn, requireColumn } from './table-indexes.ts';

export function alterTable(facts: DatabaseFacts, { relation, cmds = [], objtype }: AlterTableStmt): void {
  if (objtype !== 'OBJECT_TABLE') return;
  const table = findTableNamed(facts, relation);
  if (table === undefined) return;
  const commands = cmds.flatMap((node) => ('AlterTableCmd' in node ? [node.AlterTableCmd] : []));
  for (const command of sortCommands(commands)) alter(facts, table, command);
}

// https://github.com/postgres/postgres/blob/REL_18_STABLE/src/backend/commands/tablecmds.c, AlterTablePass
const droppedFirst: ReadonlySet<string | undefined> = new Set([
  'AT_DropColumn',
  'AT_DropConstraint',
  'AT_DropNotNull',
  'AT_DropIdentity',
  'AT_DropExpression',
]);

/** In the order in which PostgreSQL runs them, whatever the order in the statement. */
export function sortCommands(commands: readonly AlterTableCmd[]): AlterTableCmd[] {
  const passOf = ({ subtype, def }: AlterTableCmd) => {
    if (droppedFirst.has(subtype) || (subtype === 'AT_ColumnDefault' && def === undefined)) return 0;
    if (subtype === 'AT_AlterColumnType') return 1;
    return subtype === 'AT_AddColumn' ? 2 : 3;
  };
  return [...commands].sort((one, other) => passOf(one) - passOf(other));
}

/** One part of an ALTER TABLE, on the table and on its partitions. */
function alter(facts: DatabaseFacts, table: TableFacts, command: AlterTableCmd): void {
  alterOne(facts, table, command);
  const { def } = command;
  // An index goes to the partitions by itself.
  const isIndex = def && 'Constraint' in def && def.Constraint.contype !== 'CONSTR_NOTNULL';
  if (isIndex !== true)
    for (const partition of listPartitions(facts, table)) alter(facts, partition, command);
}

function alterOne(facts: DatabaseFacts, table: TableFacts, command: AlterTableCmd): void {
  const { name = '', def } = command;
  const column = table.columns.get(name);
  const change = (part: Partial<ColumnFacts>) => {
    if (column !== undefined) table.columns.set(name, { ...column, ...part });
  };
  switch (command.subtype) {
    case 'AT_AddColumn':
      addColumn(facts, table, command);
      return;
    case 'AT_DropColumn':
      dropColumn(facts, table, name);
      return;
    case 'AT_SetNotNull':
      requireColumn(table, name);
      return;
    case 'AT_DropNotNull':
      if (column !== undefined) releaseColumn(facts, table, column);
      return;
    case 'AT_ColumnDefault':
      change({ hasDefault: def === undefined ? hasDomainDefault(facts, column) : !isNull(def) });
      return;
    case 'AT_AlterColumnType':
      if (def && 'ColumnDef' in def) change(retype(facts, column, printType(def.ColumnDef.typeName)));
      return;
    case 'AT_AddConstraint':
      if (def && 'Constraint' in def) addConstraint(facts, table, def.Constraint);
      return;
    case 'AT_DropConstraint':
      dropConstraint(facts, table, name);
      return;
    case 'AT_ValidateConstraint': {
      const check = table.notNullChecks.get(name);
      if (check !== undefined) table.notNullChecks.set(name, { ...check, isValid: true });
      return;
    }
    case 'AT_AddIdentity':
      change({ hasDefault: true, isIdentity: true });
      return;
    case 'AT_DropIdentity':
      if (column?.isIdentity === true) change({ hasDefault: false, isIdentity: false });
      return;
    case 'AT_DropExpression':
      if (column?.computedFrom !== undefined) {
        const { computedFrom: _, ...rest } = column;
        table.columns.set(name, { ...rest, hasDefault: false });
      }
      return;
    case 'AT_EnableRowSecurity':
    case 'AT_DisableRowSecurity':
      table.hasRowSecurity = command.subtype === 'AT_EnableRowSecurity';
      return;
    case 'AT_AttachPartition':
    case 'AT_DetachPartition': {
      const partition =
        def && 'PartitionCmd' in def ? findTableNamed(facts, def.PartitionCmd.name) : undefined;
      if (partition !== undefined)
        partition.partitionOf = command.subtype === 'AT_AttachPartition' ? table.name : undefined;
      return;
    }
    default:
  }
}

/** A domain brings its own default and NOT NULL, and takes them with it. */
function retype(facts: DatabaseFacts, column: ColumnFacts | undefined, type: string): Partial<ColumnFacts> {
  const domain = facts.domains.get(type);
  const hasOwn = column?.hasDefault === true && !hasDomainDefault(facts, column);
  return {
    type,
    isNullable: column?.notNullName === undefined && domain?.isRequired !== true,
    hasDefault: hasOwn || domain?.hasDefault === true,
  };
}

function hasDomainDefault({ domains }: DatabaseFacts, column: ColumnFacts | undefined): boolean {
  return domains.get(column?.type ?? '')?.hasDefault === true;
}

function addColumn(facts: DatabaseFacts, table: TableFacts, command: AlterTableCmd): void {
  if (!command.def || !('ColumnDef' in command.def) || isThere(table, command)) return;
  const column = makeColumn(command.def.ColumnDef, facts);
  table.columns.set(column.name, column);
  // A partition gets the indexes with those of the whole table.
  const isKept = table.partitionOf === undefined;
  for (const constraint of listOwnConstraints(command.def.ColumnDef))
    if (isKept || constraint.contype === 'CONSTR_NOTNULL') addConstraint(facts, table, constraint);
}

/** Whether ADD COLUMN IF NOT EXISTS finds the column and does nothing. */
export function isThere(
  table: TableFacts | undefined,
  { def, missing_ok: isOptional }: AlterTableCmd,
): boolean {
  if (isOptional !== true || !def || !('ColumnDef' in def)) return false;
  return table?.columns.has(def.ColumnDef.colname ?? '') === true;
}

/** Takes away a column, with what is made of it: indexes, computed columns and the views that read it. */
export function dropColumn(facts: DatabaseFacts, table: TableFacts, name: string): void {
  if (!table.columns.delete(name)) return;
  for (const index of table.indexes.values())
    if (readsColumn(index, name)) dropIndex(facts, table, index.name);
  for (const [check, { column }] of table.notNullChecks)
    if (column === name) table.notNullChecks.delete(check);
  for (const column of table.columns.values())
    if (column.computedFrom?.includes(name) === true) dropColumn(facts, table, column.name);
  dropReadersOf(facts, table.name, name);
}

export function readsColumn(
  {
    columns,
    alsoReads = [],
  }: { readonly columns: readonly string[]; readonly alsoReads?: readonly string[] },
  name: string,
): boolean {
  return columns.includes(name) || alsoReads.includes(name);
}

function dropConstraint(facts: DatabaseFacts, table: TableFacts, name: string): void {
  dropIndex(facts, table, name);
  table.notNullChecks.delete(name);
  for (const column of table.columns.values())
    if (column.notNullName === name) releaseColumn(facts, table, column);
}
