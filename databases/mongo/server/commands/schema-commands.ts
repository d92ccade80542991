import { printValue } from '../values/print-value.ts';
import { Binary } from 'bson';
import { CommandError } from '../command-error.ts';
import { FIRST_BATCH_DOCUMENTS } from '../cursors.ts';
import { compileFilter } from '../query/compile-filter.ts';
import type { IndexSpec } from '../storage/collection-index.ts';
import type { Operation } from '../storage/operations.ts';
import type { StoredCollection } from '../storage/stored-collection.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { areEqual } from '../values/sort-key.ts';
import { compileValidator } from './collection-validator.ts';
import {
  type CommandContext,
  type CommandDefinition,
  collectionName,
  findCollection,
  requireCollection,
} from './command.ts';
import { countOption, documentOption, documentsOption, flagOption } from './command-options.ts';
import { parseIndexSpec } from './index-specification.ts';
import { cursorUser } from './read-commands.ts';

const COLLECTION_OPTIONS = ['validator', 'validationLevel', 'validationAction'];

function collectionOptions(command: BsonDocument): BsonDocument {
  const options = Object.fromEntries(
    COLLECTION_OPTIONS.filter((name) => command[name] !== undefined).map((name) => [name, command[name]]),
  );
  const { validator, validationLevel, validationAction } = options;
  if (validator !== undefined) {
    if (!isDocument(validator))
      throw new CommandError('TypeMismatch', "BSON field 'validator' must be an object");
    compileValidator(validator);
  }
  if (validationLevel !== undefined && !['off', 'strict', 'moderate'].includes(printValue(validationLevel))) {
    throw new CommandError(
      'BadValue',
      `Enumeration value '${printValue(validationLevel)}' for field 'validationLevel' is not a valid value.`,
    );
  }
  if (validationAction !== undefined && !['error', 'warn'].includes(printValue(validationAction))) {
    throw new CommandError(
      'BadValue',
      `Enumeration value '${printValue(validationAction)}' for field 'validationAction' is not a valid value.`,
    );
  }
  return options;
}

function create(context: CommandContext): StoredCollection {
  const { database, server } = context;
  return server.store.catalog.create(database, collectionName(context), collectionOptions(context.command));
}

function createOperation(collection: StoredCollection): Operation {
  const { namespace: n, uuid, options } = collection;
  return { o: 'create', n, uuid, options };
}

const createCollection: CommandDefinition = {
  name: 'create',
  fields: [
    ...COLLECTION_OPTIONS, 'capped', 'size', 'max', 'collation', 'timeseries', 'viewOn', 'pipeline',
    'expireAfterSeconds', 'clusteredIndex', 'changeStreamPreAndPostImages', 'storageEngine',
    'indexOptionDefaults', 'autoIndexId', 'encryptedFields',
  ], // prettier-ignore
  needs: 'createCollection',
  async run(context) {
    const { command, server } = context;
    for (const name of Object.keys(command)) {
      const isPlain = COLLECTION_OPTIONS.includes(name) || !createCollection.fields.includes(name);
      if (isPlain || command[name] === false) continue;
      throw new CommandError(
        'NotImplemented',
        `The option ${name} of create is not supported by the development server`,
      );
    }
    const existing = findCollection(context);
    if (existing !== undefined) {
      if (areEqual(existing.options, collectionOptions(command))) return {};
      throw new CommandError(
        'NamespaceExists',
        `namespace ${existing.namespace} already exists, but with different options`,
      );
    }
    await server.store.persist([createOperation(create(context))]);
    return {};
  },
};

/** Waits until no open transaction has written into a collection. */
async function untilUnused(context: CommandContext, collection: StoredCollection): Promise<void> {
  for (;;) {
    const [writer] = context.server.store.writersOf(collection);
    if (writer === undefined) return;
    await writer.ended;
  }
}

const drop: CommandDefinition = {
  name: 'drop',
  fields: [],
  needs: 'dropCollection',
  async run(context) {
    const collection = findCollection(context);
    // MongoDB 7 answers ok for a collection that does not exist.
    if (collection === undefined) return {};
    if (collection.isVolatile) {
      context.server.profiler.clear(context.database);
      return {};
    }
    await untilUnused(context, collection);
    context.server.store.catalog.drop(collection);
    await context.server.store.persist([{ o: 'drop', n: collection.namespace }]);
    return { nIndexesWas: collection.indexes.size, ns: collection.namespace };
  },
};

const dropDatabase: CommandDefinition = {
  name: 'dropDatabase',
  fields: [],
  needs: 'dropDatabase',
  async run(context) {
    const { store, profiler } = context.server;
    const operations: Operation[] = [];
    for (const collection of store.catalog.collectionsOf(context.database)) {
      await untilUnused(context, collection);
      store.catalog.drop(collection);
      operations.push({ o: 'drop', n: collection.namespace });
    }
    profiler.clear(context.database);
    await store.persist(operations);
    return { dropped: context.database };
  },
};

const collMod: CommandDefinition = {
  name: 'collMod',
  fields: [...COLLECTION_OPTIONS, 'index', 'viewOn', 'pipeline', 'dryRun'],
  needs: 'collMod',
  async run(context) {
    for (const name of ['index', 'viewOn', 'pipeline', 'dryRun']) {
      if (context.command[name] === undefined) continue;
      throw new CommandError(
        'NotImplemented',
        `The option ${name} of collMod is not supported by the development server`,
      );
    }
    const collection = requireCollection(context);
    const options = { ...collection.options, ...collectionOptions(context.command) };
    // An empty validator takes the validator away.
    if (isDocument(options['validator']) && Object.keys(options['validator']).length === 0) {
      delete options['validator'];
    }
    collection.options = options;
    await context.server.store.persist([{ o: 'options', n: collection.namespace, options }]);
    return {};
  },
};

function describeCollection(collection: StoredCollection, isNameOnly: boolean): BsonDocument {
  const { name, options, uuid } = collection;
  if (isNameOnly) return { name, type: 'collection' };
  return {
    name,
    type: 'collection',
    options,
    info: {
      readOnly: false,
      uuid: new Binary(Buffer.from(uuid.replaceAll('-', ''), 'hex'), Binary.SUBTYPE_UUID),
    },
    idIndex: { v: 2, key: { _id: 1 }, name: '_id_' },
  };
}

const listCollections: CommandDefinition = {
  name: 'listCollections',
  fields: ['filter', 'nameOnly', 'authorizedCollections', 'cursor'],
  needs: 'listCollections',
  run(context) {
    const { command, database, server } = context;
    const isNameOnly = flagOption(command, 'nameOnly', false);
    const matches = compileFilter(documentOption(command, 'filter'));
    const documents = server.store.catalog
      .collectionsOf(database)
      .map((collection) => describeCollection(collection, isNameOnly))
      .filter(matches);
    const batchSize = countOption(documentOption(command, 'cursor'), 'batchSize', Infinity);
    const namespace = `${database}.$cmd.listCollections`;
    return { cursor: server.cursors.open(namespace, documents, batchSize, cursorUser(context)) };
  },
};

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
    const existing = findCollection(context);
    const collection = existing ?? store.catalog.create(context.database, collectionName(context), {});
    const operations: Operation[] = existing === undefined ? [createOperation(collection)] : [];
    await untilUnused(context, collection);
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

/** The commands that change or show what a database is made of. */
export const schemaCommands: readonly CommandDefinition[] = [
  createCollection,
  drop,
  dropDatabase,
  collMod,
  listCollections,
  createIndexes,
  listIndexes,
  dropIndexes,
];
