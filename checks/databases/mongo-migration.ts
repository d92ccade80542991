import { z } from 'zod';

import { createDatabaseFacts, type DatabaseFacts, type TableFacts } from './database-facts.ts';
import { lineAt } from './migration.ts';

const documentShape = z.record(z.string(), z.unknown());
const indexShape = z.looseObject({
  key: z.record(z.string(), z.unknown()),
  name: z.string().optional(),
  unique: z.boolean().optional(),
});

/** MongoDB database commands of a migration, in extended JSON. */
const migrationShape = z.looseObject({ commands: z.array(documentShape) });

/** What a service declares of its MongoDB database. */
const collectionsShape = z.looseObject({
  collections: z.record(
    z.string(),
    z.looseObject({ validator: documentShape.optional(), indexes: z.array(indexShape).default([]) }),
  ),
});

export interface MongoCommand {
  readonly name: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly line: number;
}

export type MongoOutcome =
  | { readonly kind: 'parsed'; readonly commands: readonly MongoCommand[] }
  | { readonly kind: 'unreadable'; readonly message: string; readonly line: number };

/** Reads a migration of MongoDB commands. */
export function parseMongoMigration(text: string): MongoOutcome {
  const json = tryParse(text);
  if (json instanceof Error) return { kind: 'unreadable', message: json.message, line: 1 };
  const parsed = migrationShape.safeParse(json);
  if (!parsed.success) return { kind: 'unreadable', message: 'expected { "commands": [ ... ] }', line: 1 };
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
  for (const [name, { validator, indexes }] of Object.entries(parsed.data.collections)) {
    const table = addCollection(facts, name);
    setValidator(table, validator);
    for (const index of indexes) addIndex(table, index);
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
  const table: TableFacts = { name, columns: new Map(), indexes: new Map([['_id_', primary]]) };
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

/** JSON in which the order of keys makes no difference. */
function printSorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

function addIndex(table: TableFacts, index: z.infer<typeof indexShape>): void {
  const columns = Object.keys(index.key);
  const name = index.name ?? Object.entries(index.key).flat().join('_');
  table.indexes.set(name, {
    name,
    columns,
    isUnique: index.unique === true,
    isPartial: 'partialFilterExpression' in index,
    isPrimary: false,
  });
}

/** Applies one command to what is known of the database. */
export function applyMongo(facts: DatabaseFacts, { name, body }: MongoCommand): void {
  const target = typeof body[name] === 'string' ? body[name] : '';
  const table = facts.tables.get(target);
  switch (name) {
    case 'create':
      setValidator(addCollection(facts, target), body['validator']);
      return;
    case 'collMod':
      if (table !== undefined) setValidator(table, body['validator']);
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

/** renameCollection names `database.collection`; the database is whichever the migration runs in. */
export function afterDot(name: string): string {
  return name.slice(name.indexOf('.') + 1);
}

export function listIndexes(body: MongoCommand['body']): z.infer<typeof indexShape>[] {
  return z.array(indexShape).safeParse(body['indexes']).data ?? [];
}

/** The names of the indexes that a dropIndexes command means, by name, by list of names or by key. */
export function listDroppedIndexes(body: MongoCommand['body'], table: TableFacts): string[] {
  const { index } = body;
  if (index === '*') return [...table.indexes.keys()].filter((name) => name !== '_id_');
  if (typeof index === 'string') return [index];
  if (Array.isArray(index)) return index.map(String);
  const key = documentShape.safeParse(index).data;
  if (key === undefined) return [];
  return [...table.indexes.values()]
    .filter(({ columns }) => columns.join() === Object.keys(key).join())
    .map(({ name }) => name);
}
