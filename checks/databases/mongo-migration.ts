import { z } from 'zod';

import {
  createDatabaseFacts,
  createTable,
  type DatabaseFacts,
  type TableFacts,
  type Validation,
} from './database-facts.ts';
import { lineAt } from './migration.ts';
import {
  addIndex,
  documentShape,
  indexShape,
  listDroppedIndexes,
  listIndexes,
  modifyIndex,
  printSorted,
} from './mongo-index.ts';

/** MongoDB database commands of a migration, in extended JSON. */
const migrationShape = z.strictObject({ commands: z.array(documentShape).min(1) });

/** What a service declares of its MongoDB database. */
const collectionsShape = z.looseObject({
  collections: z.record(
    z.string(),
    z.looseObject({
      validator: documentShape.optional(),
      validationLevel: z.string().optional(),
      validationAction: z.string().optional(),
      indexes: z.array(indexShape).default([]),
    }),
  ),
});

export interface MongoCommand {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly line: number;
}

/** The commands that the migrator runs; it refuses a file with any other before it runs the first one. */
export const migrationCommands: readonly string[] = [
  'create',
  'createIndexes',
  'collMod',
  'dropIndexes',
  'drop',
  'insert',
  'update',
  'delete',
];

export type MongoOutcome =
  | { readonly kind: 'parsed'; readonly commands: readonly MongoCommand[] }
  | { readonly kind: 'unreadable'; readonly message: string; readonly line: number };

/** Reads a migration of MongoDB commands. */
export function parseMongoMigration(text: string): MongoOutcome {
  const json = tryParse(text);
  if (json instanceof Error) return { kind: 'unreadable', message: json.message, line: 1 };
  const parsed = migrationShape.safeParse(json);
  if (!parsed.success)
    return {
      kind: 'unreadable',
      message: 'expected { "commands": [ ... ] } with a command, and nothing beside',
      line: 1,
    };
  let from = 0;
  const commands = parsed.data.commands.map((body) => {
    // The first key of a command is its name.
    const name = Object.keys(body)[0] ?? '';
    const at = text.indexOf(`"${name}"`, from);
    if (at >= 0) from = at + 1;
    return { name, body, line: lineAt(text, Math.max(at, 0)) };
  });
  return { kind: 'parsed', commands };
}

/** What collections.json declares; undefined when it cannot be read. */
export function parseCollections(text: string): DatabaseFacts | undefined {
  const parsed = collectionsShape.safeParse(tryParse(text));
  if (!parsed.success) return undefined;
  const facts = createDatabaseFacts();
  for (const [name, collection] of Object.entries(parsed.data.collections)) {
    const table = addCollection(facts, name);
    setValidator(table, collection.validator);
    table.validation = readValidation(collection, undefined);
    for (const index of collection.indexes) addIndex(table, index);
  }
  return facts;
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function addCollection(facts: DatabaseFacts, name: string): TableFacts {
  const known = facts.tables.get(name);
  if (known !== undefined) return known;
  const primary = { name: '_id_', columns: ['_id'], isUnique: true, isPartial: false, isPrimary: true };
  const table: TableFacts = { ...createTable(name), indexes: new Map([['_id_', primary]]) };
  facts.tables.set(name, table);
  return table;
}

/** What a validator says of the top level: the properties, and which of them have to be there. */
function readValidator(validator: unknown): {
  properties: Readonly<Record<string, unknown>>;
  required: readonly string[];
} {
  const schema = z
    .looseObject({
      $jsonSchema: z.looseObject({
        properties: documentShape.default({}),
        required: z.array(z.string()).default([]),
      }),
    })
    .safeParse(validator);
  return schema.success ? schema.data.$jsonSchema : { properties: {}, required: [] };
}

function setValidator(table: TableFacts, validator: unknown): void {
  if (validator === undefined) return;
  const { properties, required } = readValidator(validator);
  table.validator = validator;
  table.rules = printRules(validator);
  table.columns.clear();
  for (const [name, property] of Object.entries(properties)) {
    const type = z.looseObject({ bsonType: z.unknown() }).safeParse(property).data?.bsonType;
    table.columns.set(name, {
      name,
      type: JSON.stringify(type) ?? 'any',
      isNullable: !required.includes(name),
      hasDefault: false,
      rules: printSorted(property),
    });
  }
}

/** What is left of a validator without the properties at its top level, which are columns. */
function printRules(validator: unknown): string {
  const { $jsonSchema, ...others } = documentShape.safeParse(validator).data ?? {};
  const schema = documentShape.safeParse($jsonSchema).data ?? {};
  const rules = Object.entries(schema).filter(([key]) => key !== 'properties' && key !== 'required');
  return printSorted({ ...others, ...Object.fromEntries(rules) });
}

/** The way in which a collection uses its validator after a command or a declaration. */
export function readValidation(
  body: Readonly<Record<string, unknown>>,
  before: Validation | undefined,
): Validation {
  const { validationLevel, validationAction } = body;
  return {
    level: typeof validationLevel === 'string' ? validationLevel : (before?.level ?? 'strict'),
    action: typeof validationAction === 'string' ? validationAction : (before?.action ?? 'error'),
  };
}

/** Applies one command to what is known of the database. */
export function applyMongo(facts: DatabaseFacts, { name, body }: MongoCommand): void {
  const target = typeof body[name] === 'string' ? body[name] : '';
  const table = facts.tables.get(target);
  switch (name) {
    case 'create':
      createCollection(facts, target, body);
      return;
    case 'collMod':
      if (table === undefined) return;
      setValidator(table, body['validator']);
      table.validation = readValidation(body, table.validation);
      modifyIndex(table, body);
      return;
    case 'createIndexes':
      for (const index of listIndexes(body)) addIndex(addCollection(facts, target), index);
      return;
    case 'dropIndexes':
      if (table !== undefined)
        for (const index of listDroppedIndexes(body, table)) table.indexes.delete(index);
      return;
    case 'drop':
      facts.tables.delete(target);
      return;
    case 'renameCollection': {
      const [before, after] = [afterDot(target), afterDot(String(body['to']))];
      const renamed = facts.tables.get(before);
      if (renamed === undefined) return;
      facts.tables.delete(before);
      renamed.name = after;
      facts.tables.set(after, renamed);
      return;
    }
    default:
  }
}

function createCollection(facts: DatabaseFacts, name: string, body: MongoCommand['body']): void {
  const table = addCollection(facts, name);
  setValidator(table, body['validator']);
  table.validation = readValidation(body, undefined);
}

/** renameCollection names `database.collection`; the database is whichever the migration runs in. */
export function afterDot(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}
