import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { EJSON, type Document } from 'bson';
import { z } from 'zod';

import { MigrationError } from '../migration-error.ts';

/** An index as `createIndexes` takes it. */
export interface IndexState {
  readonly key: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly [option: string]: unknown;
}

export interface CollectionState {
  /** Empty: no validator. */
  readonly validator: Document;
  /** MongoDB's default is `strict`. */
  readonly validationLevel: string;
  /** MongoDB's default is `error`. */
  readonly validationAction: string;
  readonly indexes: readonly IndexState[];
}

/** What a MongoDB database should hold beside its documents, by the name of the collection. */
export type DatabaseState = ReadonlyMap<string, CollectionState>;

const documentShape = z.record(z.string(), z.unknown());

const indexShape = z.looseObject({
  key: documentShape.refine((key) => Object.keys(key).length > 0, 'expected at least one field'),
  name: z.string().min(1),
});

const fileShape = z.strictObject({
  collections: z.record(
    z.string().regex(/^(?!system\.|_freehold)[^$\0]+$/, 'is not a name for a collection'),
    z.strictObject({
      validator: documentShape.default({}),
      validationLevel: z.enum(['off', 'strict', 'moderate']).default('strict'),
      validationAction: z.enum(['error', 'warn']).default('error'),
      indexes: z.array(indexShape).default([]),
    }),
  ),
});

export const emptyCollection: CollectionState = {
  validator: {},
  validationLevel: 'strict',
  validationAction: 'error',
  indexes: [],
};

/** Reads `<folder>/collections.json`; @throws {MigrationError} listing all problems together. */
export async function readDeclaredState(folder: string, service: string): Promise<DatabaseState> {
  const file = path.join(folder, 'collections.json');
  const text = await readFile(file, 'utf8').catch((error: Error) => {
    throw new MigrationError(`${service}: its collections ${file} cannot be read: ${error.message}.`, {
      cause: error,
    });
  });
  return parseDeclaredState(text, file);
}

/** Checks the text of a collections.json; values may be extended JSON. @throws {MigrationError} */
export function parseDeclaredState(text: string, file: string): DatabaseState {
  const parsed = fileShape.safeParse(parseExtendedJson(text, file));
  if (!parsed.success)
    throw new MigrationError(
      `${file} cannot be used:\n${parsed.error.issues.map((issue) => `  ${issue.path.map(String).join('.')}: ${issue.message}`).join('\n')}`,
    );
  const { collections } = parsed.data;
  for (const [name, { indexes }] of Object.entries(collections)) {
    const names = indexes.map((index) => index.name);
    const twice = names.find((indexName, position) => names.indexOf(indexName) !== position);
    if (twice !== undefined)
      throw new MigrationError(`${file} cannot be used: ${name} has two indexes named ${twice}.`);
  }
  return new Map(Object.entries(collections));
}

/** @throws {MigrationError} naming the file */
export function parseExtendedJson(text: string, file: string): unknown {
  try {
    return EJSON.parse(text, { relaxed: true });
  } catch (error) {
    throw new MigrationError(`${file} is not JSON: ${error instanceof Error ? error.message : error}.`, {
      cause: error,
    });
  }
}

/** Extended JSON that reads back as the same values, for files and for comparison. */
export function printExtendedJson(value: unknown, indent?: number): string {
  return EJSON.stringify(value, undefined, indent, { relaxed: true });
}
