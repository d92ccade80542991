import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { sortKeyOf } from '../values/sort-key.ts';
import type { StoredRole, StoredUser, UserDirectory } from '../auth/users.ts';
import type { RetryRecords } from '../sessions/retry-records.ts';
import type { Catalog } from './catalog.ts';
import type { IndexSpec } from './collection-index.ts';
import { DamagedFolderError } from './record-file.ts';
import type { StoredCollection } from './stored-collection.ts';

/** What the journal and the snapshot are made of. */
export type Operation =
  | { o: 'create'; n: string; uuid: string; options: BsonDocument }
  | { o: 'drop'; n: string }
  | { o: 'rename'; n: string; to: string }
  | { o: 'options'; n: string; options: BsonDocument }
  | { o: 'index'; n: string; spec: IndexSpec }
  | { o: 'unindex'; n: string; name: string }
  | { o: 'put'; n: string; d: BsonDocument }
  | { o: 'remove'; n: string; id: unknown }
  | { o: 'user'; user: StoredUser }
  | { o: 'unuser'; db: string; user: string }
  | { o: 'role'; role: StoredRole }
  | { o: 'unrole'; db: string; role: string }
  | { o: 'retry'; session: string; number: number; reply: BsonDocument }
  | { o: 'end' };

/** What operations change. */
export interface StoredState {
  readonly catalog: Catalog;
  readonly users: UserDirectory;
  readonly retries: RetryRecords;
}

/** `database.collection`, cut at the first dot. */
export function splitNamespace(namespace: string): readonly [string, string] {
  const dot = namespace.indexOf('.');
  return [namespace.slice(0, dot), namespace.slice(dot + 1)];
}

function collectionOf(state: StoredState, namespace: string): StoredCollection {
  const collection = state.catalog.find(...splitNamespace(namespace));
  if (collection !== undefined) return collection;
  throw new DamagedFolderError(
    `The journal names the collection ${namespace}, which does not exist. Restore the folder ` +
      'from a copy, or delete it to start with an empty database.',
  );
}

/** Does again what an operation of a file says. The order of the files' records is kept. */
export function replayOperation(state: StoredState, raw: BsonDocument): void {
  // The file's checksum matched, so this server wrote the record and its shape is known.
  const operation = raw as Operation;
  switch (operation.o) {
    case 'create':
      state.catalog.create(...splitNamespace(operation.n), operation.options, operation.uuid);
      return;
    case 'drop':
      state.catalog.drop(collectionOf(state, operation.n));
      return;
    case 'rename':
      state.catalog.rename(collectionOf(state, operation.n), splitNamespace(operation.to)[1]);
      return;
    case 'options':
      collectionOf(state, operation.n).options = operation.options;
      return;
    case 'index':
      state.catalog.buildIndex(collectionOf(state, operation.n), operation.spec);
      return;
    case 'unindex':
      state.catalog.dropIndex(collectionOf(state, operation.n), operation.name);
      return;
    case 'put':
      collectionOf(state, operation.n).write(sortKeyOf(operation.d['_id']), operation.d, 0, false);
      return;
    case 'remove':
      collectionOf(state, operation.n).write(sortKeyOf(operation.id), null, 0, false);
      return;
    case 'user':
      state.users.put(operation.user);
      return;
    case 'unuser':
      state.users.remove(operation.db, operation.user);
      return;
    case 'role':
      state.users.putRole(operation.role);
      return;
    case 'unrole':
      state.users.removeRole(operation);
      return;
    case 'retry':
      if (isDocument(operation.reply)) state.retries.remember(operation);
      return;
    case 'end':
      return;
  }
}

/** The operations that make the whole state again; indexes after the rows, so that they are built once. */
export function* stateOperations(state: StoredState): Generator<Operation> {
  for (const role of state.users.allRoles()) yield { o: 'role', role };
  for (const user of state.users.allUsers()) yield { o: 'user', user };
  for (const database of state.catalog.databaseNames()) {
    for (const collection of state.catalog.collectionsOf(database)) {
      if (collection.isVolatile) continue;
      const n = collection.namespace;
      yield { o: 'create', n, uuid: collection.uuid, options: collection.options };
      for (const { document } of collection.records.values()) {
        if (document !== null) yield { o: 'put', n, d: document };
      }
      for (const { spec } of collection.indexes.values()) {
        if (spec.name !== '_id_') yield { o: 'index', n, spec };
      }
      if (collection.textIndex !== null) {
        yield { o: 'index', n, spec: collection.textIndex.spec };
      }
    }
  }
  for (const entry of state.retries.all()) yield { o: 'retry', ...entry };
  yield { o: 'end' };
}
