import type { AlterObjectSchemaStmt, RenameStmt } from 'libpg-query';

import { keyOf } from '../databases/find-relation.ts';
import { lastName } from '../databases/sql-names.ts';
import {
  contract,
  expand,
  isDeployed,
  isRequired,
  moveColumn,
  type Hazard,
  type HazardContext,
  type JudgedStatement,
} from './hazard.ts';
import { judgeTypeMove, judgeTypeRename } from './judge-enum-type.ts';
import { unclear, unknownName } from './unjudged.ts';
import { moveView, renameView } from './judge-view.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges ALTER ... RENAME. */
export function judgeRename(statement: RenameStmt, context: HazardContext): Judged {
  const { renameType, newname = '', subname = '' } = statement;
  const table = statement.relation === undefined ? '' : keyOf(context.now, statement.relation);
  if (renameType === 'OBJECT_COLUMN' && isDeployed(table, context)) {
    const facts = context.now.tables.get(table);
    if (facts?.isUnclear !== true && facts?.columns.has(subname) !== true)
      return expand(`rename ${subname}`, unknownName(table, subname, 'Column', `${table}.${subname}`));
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
  if (renameType === 'OBJECT_SCHEMA') return renameSchema(subname, newname, context);
  if (context.now.views.has(table))
    return renameView(table, newname, renameType === 'OBJECT_COLUMN' ? subname : undefined, context);
  if (renameType === 'OBJECT_TYPE' && statement.object !== undefined)
    return judgeTypeRename(lastName(statement.object), newname, context);
  const name = subname || table || (statement.object === undefined ? '' : lastName(statement.object));
  const summary = `rename ${name}`;
  if (renameType !== undefined && namedInCode.has(renameType))
    return contract(summary, usedUnder(name, newname));
  const isTable = renameType === 'OBJECT_TABLE' || renameType === 'OBJECT_COLUMN';
  const isOptional =
    statement.missing_ok === true || context.now.tables.has(table) || context.now.views.has(table);
  return isTable && !isOptional
    ? expand(summary, unknownName(table, undefined, 'Table', table))
    : expand(summary);
}

function usedUnder(name: string, after: string): Hazard {
  return unclear(
    name,
    `Who still uses the name ${name}, which becomes ${after}, is not judged.`,
    'Code may name it in a text of its own, and the old name is gone at once.',
  );
}

const namedInCode: ReadonlySet<string> = new Set([
  'OBJECT_AGGREGATE',
  'OBJECT_ATTRIBUTE',
  'OBJECT_DATABASE',
  'OBJECT_FUNCTION',
  'OBJECT_PROCEDURE',
  'OBJECT_ROLE',
  'OBJECT_ROUTINE',
  'OBJECT_SEQUENCE',
]);

function renameSchema(schema: string, after: string, { deployed, now }: HazardContext): Judged {
  const hazards = [...now.tables.values()]
    .filter((table) => (table.schema ?? 'public') === schema && deployed.tables.has(table.name))
    .map(({ name }): Hazard => ({
      rule: 'table-renamed',
      severity: 'warning',
      table: name,
      what: `Schema ${schema}, which table ${name} is in, is renamed to ${after}.`,
      why: 'Neither Prisma nor SQL that is written by hand finds the table in a schema of another name.',
      next: ['Keep the name of the schema.'],
      takesAway: { table: name },
    }));
  return contract(`rename schema ${schema} to ${after}`, ...hazards);
}

/** Neither Prisma nor SQL that is written by hand finds a table in another schema. */
export function judgeMove(statement: AlterObjectSchemaStmt, context: HazardContext): Judged {
  const { objectType, relation, newschema = '' } = statement;
  const table = relation === undefined ? '' : keyOf(context.now, relation);
  const summary = `move to ${newschema}`;
  if (context.now.views.has(table)) return moveView(table, newschema, context);
  if (relation === undefined) {
    const name = statement.object === undefined ? '' : lastName(statement.object);
    return objectType === 'OBJECT_TYPE' || objectType === 'OBJECT_DOMAIN'
      ? judgeTypeMove(name, newschema, context)
      : contract(summary, usedUnder(name, `${newschema}.${name}`));
  }
  if (objectType !== 'OBJECT_TABLE' || !isDeployed(table, context)) return expand(summary);
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
