import { CommandError } from '../command-error.ts';
import { FIRST_BATCH_DOCUMENTS } from '../cursors.ts';
import type { IndexSpec } from '../storage/collection-index.ts';
import type { Operation } from '../storage/operations.ts';
import type { StoredCollection } from '../storage/stored-collection.ts';
import { isDocument } from '../values/bson-document.ts';
import { areEqual } from '../values/sort-key.ts';
import { createOperation, endOfUse } from './collection-commands.ts';
import { type CommandDefinition, findCollection, requireCollection, storedName } from './command.ts';
import { countOption, documentOption, documentsOption } from './command-options.ts';
import { parseIndexSpec } from './index-specification.ts';
import { cursorUser } from './read-commands.ts';

function allSpecs(collection: StoredCollection): IndexSpec[] {
  const specs = [...collection.indexes.values()].map(({ spec }) => spec);
  return collection.textIndex === null ? specs : [...specs, collection.textIndex.spec];
}

const listIndexes: CommandDefinition = {
  name: 'listIndexes',
  fields: ['cursor', 'includeBuildUUIDs'],
  needs: 'listIndexes',
  run(context) {
    const collection = requireCollection(context);
    const batchSize = countOption(
      documentOption(context.command, 'cursor'),
      'batchSize',
      FIRST_BATCH_DOCUMENTS,
    );
    return {
      cursor: context.server.cursors.open(
        collection.namespace,
        allSpecs(collection),
        batchSize,
        cursorUser(context),
      ),
    };
  },
};

/** True when the index is there; throws when another one is in its way. */
function isThere(collection: StoredCollection, spec: IndexSpec): boolean {
  for (const existing of allSpecs(collection)) {
    const isSameKey =
      areEqual(existing.key, spec.key) &&
      areEqual(existing.partialFilterExpression ?? null, spec.partialFilterExpression ?? null);
    if (existing.name === spec.name) {
      if (
        isSameKey &&
        (existing.unique ?? false) === (spec.unique ?? false) &&
        areEqual(existing['weights'] ?? null, spec['weights'] ?? null)
      )
        return true;
      throw new CommandError(
        'IndexKeySpecsConflict',
        `An existing index has the same name as the requested index. Requested index: ${JSON.stringify(spec)}, existing index: ${JSON.stringify(existing)}`,
      );
    }
    if (isSameKey || (existing['weights'] !== undefined && spec['weights'] !== undefined)) {
      throw new CommandError(
        'IndexOptionsConflict',
        `Index already exists with a different name: ${existing.name}`,
      );
    }
  }
  return false;
}

const createIndexes: CommandDefinition = {
  name: 'createIndexes',
  fields: ['indexes', 'commitQuorum', 'ignoreUnknownIndexOptions'],
  needs: 'createIndex',
  async run(context) {
    const { store } = context.server;
    const specs = documentsOption(context.command, 'indexes').map(parseIndexSpec);
    if (specs.length === 0) throw new CommandError('BadValue', 'Must specify at least one index to create');
    const name = storedName(context);
    for (let use = endOfUse(context); use !== undefined; use = endOfUse(context)) await use;
    const existing = findCollection(context);
    const collection = existing ?? store.catalog.create(context.database, name, {});
    const operations: Operation[] = existing === undefined ? [createOperation(collection)] : [];
    const before = allSpecs(collection).length;
    const built: string[] = [];
    try {
      for (const spec of specs) {
        if (isThere(collection, spec)) continue;
        store.catalog.buildIndex(collection, spec);
        built.push(spec.name);
        operations.push({ o: 'index', n: collection.namespace, spec });
      }
    } catch (error) {
      // All indexes of one command or none.
      for (const name of built) store.catalog.dropIndex(collection, name);
      if (existing === undefined) store.catalog.drop(collection);
      throw error;
    }
    await store.persist(operations);
    const after = allSpecs(collection).length;
    return {
      numIndexesBefore: before,
      numIndexesAfter: after,
      createdCollectionAutomatically: existing === undefined,
      ...(before === after ? { note: 'all indexes already exist' } : {}),
    };
  },
};

function indexesToDrop(collection: StoredCollection, wanted: unknown): string[] {
  if (wanted === '*') {
    return allSpecs(collection).flatMap(({ name }) => (name === '_id_' ? [] : [name]));
  }
  if (Array.isArray(wanted)) return wanted.flatMap((part) => indexesToDrop(collection, part));
  const found = allSpecs(collection).find(
    ({ name, key }) => name === wanted || (isDocument(wanted) && areEqual(key, wanted)),
  );
  if (found === undefined) {
    const shown = typeof wanted === 'string' ? `with name [${wanted}]` : 'with that key pattern';
    throw new CommandError('IndexNotFound', `index not found ${shown}`);
  }
  if (found.name === '_id_') throw new CommandError('InvalidOptions', 'cannot drop _id index');
  return [found.name];
}

const dropIndexes: CommandDefinition = {
  name: 'dropIndexes',
  aliases: ['deleteIndexes'],
  fields: ['index'],
  needs: 'dropIndex',
  async run(context) {
    const collection = requireCollection(context);
    const { store } = context.server;
    const nIndexesWas = allSpecs(collection).length;
    const names = indexesToDrop(collection, context.command['index']);
    for (const name of names) store.catalog.dropIndex(collection, name);
    const n = collection.namespace;
    await store.persist(names.map((name) => ({ o: 'unindex', n, name })));
    return { nIndexesWas };
  },
};

/** The commands that make, list and drop indexes. */
export const indexCommands: readonly CommandDefinition[] = [createIndexes, listIndexes, dropIndexes];
