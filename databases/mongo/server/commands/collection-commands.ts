import { printValue } from '../values/print-value.ts';
import { Binary } from 'bson';
import { CommandError } from '../command-error.ts';
import { compileFilter } from '../query/compile-filter.ts';
import type { Operation } from '../storage/operations.ts';
import type { StoredCollection } from '../storage/stored-collection.ts';
import type { Transaction } from '../storage/transaction.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { areEqual } from '../values/sort-key.ts';
import { compileValidator } from './collection-validator.ts';
import {
  type CommandContext,
  type CommandDefinition,
  findCollection,
  requireCollection,
  storedName,
} from './command.ts';
import { countOption, documentOption, flagOption } from './command-options.ts';
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
  return server.store.catalog.create(database, storedName(context), collectionOptions(context.command));
}

/** The operation that makes a collection again when the log is replayed. */
export function createOperation(collection: StoredCollection): Operation {
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

/**
 * The end of a transaction that has written into the collection of a command, `undefined` when there is none. It is asked
 * again after each wait: others waited too, and the collection may be another one by then.
 */
export function endOfUse(context: CommandContext): Promise<void> | undefined {
  const collection = findCollection(context);
  return collection && context.server.store.writersOf(collection)[0]?.ended;
}

const drop: CommandDefinition = {
  name: 'drop',
  fields: [],
  needs: 'dropCollection',
  async run(context) {
    for (let use = endOfUse(context); use !== undefined; use = endOfUse(context)) await use;
    const collection = findCollection(context);
    // MongoDB 7 answers ok for a collection that does not exist.
    if (collection === undefined) return {};
    if (collection.isVolatile) {
      context.server.profiler.clear(context.database);
      return {};
    }
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
    const all = (): StoredCollection[] => store.catalog.collectionsOf(context.database);
    const writer = (): Transaction | undefined => all().flatMap((one) => store.writersOf(one))[0];
    // All are dropped at one moment: what is made anew while one is waited for is not of the dropped.
    for (let waited = writer(); waited !== undefined; waited = writer()) await waited.ended;
    for (const collection of all()) {
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
    storedName(context);
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

/** The commands that make, change, list and drop collections. */
export const collectionCommands: readonly CommandDefinition[] = [
  createCollection,
  drop,
  dropDatabase,
  collMod,
  listCollections,
];
