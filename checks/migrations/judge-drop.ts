import type { DropStmt, Node } from 'libpg-query';

import { tableOf } from '../databases/apply-objects.ts';
import { keyOf, relationOf } from '../databases/find-relation.ts';
import { lastName } from '../databases/sql-names.ts';
import { contract, isDeployed, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { dropIndexHazard } from './judge-constraint.ts';
import { judgeTypeDrop } from './judge-enum-type.ts';
import { dropPolicy } from './judge-row-security.ts';
import { dropView } from './judge-view.ts';
import { refused, unclear, unknownName } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges what DROP takes away. */
export function judgeDrop(statement: DropStmt, context: HazardContext): Judged[] {
  const { objects = [] } = statement;
  return objects.flatMap((object) => judgeObject(statement, object, context));
}

function judgeObject(
  { removeType = 'OBJECT_TABLE', behavior, missing_ok: isOptional = false }: DropStmt,
  object: Node,
  context: HazardContext,
): Judged | Judged[] {
  const name = lastName(object);
  const isCascade = behavior === 'DROP_CASCADE';
  switch (removeType) {
    case 'OBJECT_TABLE':
      return judgeTable(keyOf(context.now, relationOf(object)), isOptional, context);
    case 'OBJECT_SCHEMA':
      return dropSchema(name, isCascade, context);
    case 'OBJECT_INDEX':
      return dropIndex(name, context);
    case 'OBJECT_VIEW':
    case 'OBJECT_MATVIEW':
      return isOptional || context.now.views.has(name)
        ? dropView(name, context)
        : contract(`drop view ${name}`, unknownName(name, undefined, 'View', name));
    case 'OBJECT_POLICY':
      return dropPolicy(tableOf(object), name, context);
    case 'OBJECT_TYPE':
    case 'OBJECT_DOMAIN':
      return isCascade ? judgeTypeDrop(name, context) : contract(`drop type ${name}`);
    default:
      return dropOther(removeType, object, isCascade, context);
  }
}

function judgeTable(name: string, isOptional: boolean, context: HazardContext): Judged {
  const summary = `drop table ${name}`;
  if (isDeployed(name, context)) return contract(summary, dropTable(name));
  return isOptional || context.now.tables.has(name)
    ? contract(summary)
    : contract(summary, unknownName(name, undefined, 'Table', name));
}

function dropTable(table: string): Hazard {
  return {
    rule: 'table-dropped',
    severity: 'warning',
    table,
    what: `Table ${table} is dropped.`,
    why: 'Its data is lost.',
    next: [
      'Deploy a version that no longer reads or writes the table.',
      'Drop the table in a later change, when no older version runs any more and a backup is kept.',
    ],
    takesAway: { table },
  };
}

function dropSchema(schema: string, isCascade: boolean, context: HazardContext): Judged {
  const summary = `drop schema ${schema}`;
  const inside = [...context.now.tables.values()].filter((table) => (table.schema ?? 'public') === schema);
  const tables = inside.map(({ name }) => name);
  if (isCascade)
    return contract(summary, ...tables.filter((name) => isDeployed(name, context)).map(dropTable));
  if (tables.length === 0) return contract(summary);
  return contract(
    summary,
    refused(
      schema,
      `Schema ${schema} is dropped while ${tables.join(', ')} ${tables.length === 1 ? 'is' : 'are'} in it.`,
      'Without CASCADE it drops a schema only when it is empty.',
      ['Drop what is in it first, when no older version runs that reads it.'],
    ),
  );
}

function dropIndex(name: string, context: HazardContext): Judged {
  for (const table of context.now.tables.values()) {
    const index = table.indexes.get(name);
    if (index !== undefined && isDeployed(table.name, context))
      return contract(`drop index ${name}`, dropIndexHazard(table.name, name, index.columns, index.isUnique));
  }
  return contract(`drop index ${name}`);
}

const nouns: Readonly<Record<string, string>> = {
  OBJECT_FUNCTION: 'function',
  OBJECT_PROCEDURE: 'procedure',
  OBJECT_ROUTINE: 'routine',
  OBJECT_AGGREGATE: 'aggregate',
  OBJECT_TRIGGER: 'trigger',
  OBJECT_RULE: 'rule',
  OBJECT_SEQUENCE: 'sequence',
  OBJECT_EXTENSION: 'extension',
};

// They are there for reading only, or nothing that a version reads or writes hangs on them.
const harmless = new Set(['OBJECT_STATISTIC_EXT', 'OBJECT_PUBLICATION', 'OBJECT_COLLATION']);

/** What hangs on it, no file tells: defaults, triggers and queries name it in texts of their own. */
function dropOther(kind: string, object: Node, isCascade: boolean, context: HazardContext): Judged {
  const name = lastName(object);
  const noun = nouns[kind] ?? kind.replace('OBJECT_', '').toLowerCase().replaceAll('_', ' ');
  const summary = `drop ${noun} ${name}`;
  const isOnTable = kind === 'OBJECT_TRIGGER' || kind === 'OBJECT_RULE';
  const table = tableOf(object);
  if (harmless.has(kind) || (isOnTable && !isDeployed(table, context))) return contract(summary);
  if (isOnTable)
    return contract(
      summary,
      unclear(
        `${table}.${name}`,
        `What ${noun} ${name} on ${table} did is no longer done, and what that was is not judged.`,
        'It is a program: the version now deployed may count on what it writes or refuses.',
      ),
    );
  return contract(
    summary,
    unclear(
      name,
      isCascade
        ? `What goes with ${noun} ${name} by CASCADE is not judged.`
        : `What still uses ${noun} ${name} is not judged.`,
      isCascade
        ? 'CASCADE drops all that hangs on it: columns, defaults, triggers and views among them.'
        : 'The code of the version now deployed may name it in a query of its own.',
    ),
  );
}
