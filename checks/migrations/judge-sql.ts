import type { AlterObjectSchemaStmt, IndexStmt, Node, RenameStmt } from 'libpg-query';

import { lastName, textOf } from '../databases/apply-sql.ts';
import {
  contract,
  expand,
  isRequired,
  migrate,
  moveColumn,
  type Hazard,
  type HazardContext,
  type JudgedStatement,
} from './hazard.ts';
import { dropIndexHazard } from './judge-constraint.ts';
import { judgeAlterTable } from './judge-column-swap.ts';
import { judgeTypeDrop, judgeTypeRename } from './judge-enum-type.ts';

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

/** A table that this change itself makes has no rows and no readers yet. */
function isDeployed(table: string, { deployed, now }: HazardContext): boolean {
  return deployed.tables.has(table) && now.tables.has(table);
}

function judgeIndex(statement: IndexStmt, context: HazardContext): Judged {
  const table = statement.relation?.relname ?? '';
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

function judgeRename(statement: RenameStmt, context: HazardContext): Judged {
  const { renameType, newname = '', subname = '' } = statement;
  const table = statement.relation?.relname ?? '';
  if (renameType === 'OBJECT_COLUMN' && isDeployed(table, context)) {
    const judged = contract(`rename column ${table}.${subname} to ${newname}`, {
      rule: 'column-renamed',
      severity: 'warning',
      table,
      part: subname,
      what: `Column ${table}.${subname} is renamed to ${newname}.`,
      why: 'The old name is gone at once.',
      next: [
        `Add ${table}.${newname} beside ${subname}, write both, and fill the old rows.`,
        `Deploy a version that reads ${newname}; drop ${subname} when no older version runs any more.`,
        `Or keep the column's name and rename the field alone: @map("${subname}") in schema.prisma.`,
      ],
      takesAway: { table, column: subname },
    });
    return moveColumn(judged, table, subname, `${table}.${newname}`, isRequired(table, subname, context));
  }
  if (renameType === 'OBJECT_TABLE' && isDeployed(table, context))
    return swapTable(table, newname, {
      rule: 'table-renamed',
      severity: 'warning',
      table,
      what: `Table ${table} is renamed to ${newname}.`,
      why: 'The old name is gone at once.',
      next: [
        `Keep the table's name and rename the model alone: @@map("${table}") in schema.prisma.`,
        `Or leave a view named ${table} behind until no older version runs any more.`,
      ],
      takesAway: { table },
    });
  if (renameType === 'OBJECT_TYPE' && statement.object !== undefined)
    return judgeTypeRename(lastName(statement.object), newname, context);
  return expand(`rename ${subname || table}`);
}

/** Neither Prisma nor SQL that is written by hand finds a table in another schema. */
function judgeMove(statement: AlterObjectSchemaStmt, context: HazardContext): Judged {
  const { objectType, relation, newschema = '' } = statement;
  const table = relation?.relname ?? '';
  if (objectType !== 'OBJECT_TABLE' || !isDeployed(table, context)) return expand(`move to ${newschema}`);
  return contract(`move table ${table} to schema ${newschema}`, {
    rule: 'table-renamed',
    severity: 'warning',
    table,
    what: `Table ${table} is moved to schema ${newschema}.`,
    why: 'It is gone from its old schema at once.',
    next: [`Leave a view named ${table} in the old schema until no older version runs any more.`],
    takesAway: { table },
  });
}

function swapTable(table: string, after: string, hazard: Hazard): Judged {
  return {
    ...contract(`rename table ${table} to ${after}`, hazard),
    instead: [
      { phase: 'expand', text: `create a view ${after} over ${table}` },
      { phase: 'contract', text: `drop the view and rename ${table} to ${after}, in one transaction` },
    ],
  };
}

function judgeDrop(kind: string, name: string, context: HazardContext): Judged {
  if (kind === 'OBJECT_TABLE') {
    if (!isDeployed(name, context)) return contract(`drop table ${name}`);
    return contract(`drop table ${name}`, {
      rule: 'table-dropped',
      severity: 'warning',
      table: name,
      what: `Table ${name} is dropped.`,
      why: 'Its data is lost.',
      next: [
        'Deploy a version that no longer reads or writes the table.',
        'Drop the table in a later change, when no older version runs any more and a backup is kept.',
      ],
      takesAway: { table: name },
    });
  }
  if (kind !== 'OBJECT_INDEX') return contract(`drop ${name}`);
  for (const table of context.now.tables.values()) {
    const index = table.indexes.get(name);
    if (index !== undefined && isDeployed(table.name, context))
      return contract(`drop index ${name}`, dropIndexHazard(table.name, name, index.columns, index.isUnique));
  }
  return contract(`drop index ${name}`);
}

function judgeEnumValue(type: string, before: string | undefined, after: string): Judged {
  if (before === undefined) return expand(`add value ${after} to ${type}`);
  return contract(`rename value ${before} of ${type} to ${after}`, {
    rule: 'enum-value-renamed',
    severity: 'breaking',
    table: type,
    part: before,
    what: `Value ${before} of type ${type} is renamed to ${after}.`,
    why: `The version now deployed writes ${before}, which PostgreSQL then refuses, and reads ${after}, which it does not know.`,
    next: [
      `Add ${after} as a new value, deploy a version that knows both, and move the rows in batches.`,
      `Leave ${before} unused; PostgreSQL cannot drop a value of an enum.`,
    ],
  });
}

function judgeRows(node: Node, context: HazardContext): Judged {
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

/** Whether the statement is refused in a transaction. */
export function isConcurrent(node: Node): boolean {
  if ('IndexStmt' in node) return node.IndexStmt.concurrent === true;
  if ('DropStmt' in node) return node.DropStmt.concurrent === true;
  return 'ReindexStmt' in node && JSON.stringify(node).includes('"concurrently"');
}
