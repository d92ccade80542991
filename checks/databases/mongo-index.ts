import { z } from 'zod';

import type { IndexFacts, TableFacts } from './database-facts.ts';

export const documentShape = z.record(z.string(), z.unknown());

/** An index as createIndexes takes it. */
export const indexShape = z.looseObject({
  key: documentShape,
  name: z.string().optional(),
});

export type MongoIndex = z.infer<typeof indexShape>;

type Body = Readonly<Record<string, unknown>>;

export function addIndex(table: TableFacts, index: MongoIndex): void {
  const facts = describeIndex(index);
  table.indexes.set(facts.name, facts);
}

/** What is known of an index from its specification. */
export function describeIndex(index: MongoIndex): IndexFacts {
  const { key } = index;
  const name = index.name ?? Object.entries(key).flat().join('_');
  // An index of words or places answers other searches than one by value; so does one with the order of a language.
  const isOfValues = Object.values(key).every(
    (direction) => typeof direction !== 'string' || direction === 'hashed',
  );
  return {
    name,
    columns: Object.keys(key),
    isUnique: isSet(index['unique']),
    isPartial:
      !isOfValues ||
      isSet(index['sparse']) ||
      ['partialFilterExpression', 'collation'].some((option) => index[option] !== undefined),
    isPrimary: false,
    isHidden: isSet(index['hidden']),
    specification: { ...index, name },
  };
}

/** MongoDB takes a number for a switch too. */
export function isSet(option: unknown): boolean {
  return option !== undefined && option !== null && option !== false && option !== 0;
}

/** Key and options of an index, so that two are the same when the texts are. */
export function printIndex({ specification = {} }: IndexFacts): string {
  const { key, name: _name, ...options } = specification;
  // MongoDB takes an option that is false for one that is not there.
  const set = Object.entries(options).filter(
    ([name, value]) => name === 'expireAfterSeconds' || isSet(value),
  );
  return `${JSON.stringify(key)} ${printSorted(Object.fromEntries(set))}`;
}

const changeShape = z.looseObject({
  name: z.string().optional(),
  keyPattern: documentShape.optional(),
});

/** What `collMod` changes of one index, which it names or tells by its key; undefined when it changes none. */
export function readIndexChange(
  body: Body,
  table: TableFacts,
): { readonly index: IndexFacts | undefined; readonly change: z.infer<typeof changeShape> } | undefined {
  const change = changeShape.safeParse(body['index']).data;
  if (change === undefined) return undefined;
  const columns = change.keyPattern === undefined ? undefined : Object.keys(change.keyPattern).join();
  const index = [...table.indexes.values()].find((one) =>
    columns === undefined ? one.name === change.name : one.columns.join() === columns,
  );
  return { index, change };
}

export function modifyIndex(table: TableFacts, body: Body): void {
  const { index, change } = readIndexChange(body, table) ?? {};
  if (index?.specification === undefined || change === undefined) return;
  const { name: _name, keyPattern: _keyPattern, ...options } = change;
  addIndex(table, indexShape.parse({ ...index.specification, ...options }));
}

export function listIndexes(body: Body): MongoIndex[] {
  return z.array(indexShape).safeParse(body['indexes']).data ?? [];
}

/** The names of the indexes that a dropIndexes command means, by name, by list of names or by key. */
export function listDroppedIndexes(body: Body, table: TableFacts): string[] {
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

/** JSON in which the order of keys makes no difference. */
export function printSorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}
