import type { Logger } from 'pino';
import type { Action, Privilege } from '../auth/privileges.ts';
import type { ScramExchange } from '../auth/scram.ts';
import { CommandError } from '../command-error.ts';
import type { CursorRegistry } from '../cursors.ts';
import type { FailPoint } from '../fail-point.ts';
import type { Deadline } from '../deadline.ts';
import type { Profiler } from '../profiler.ts';
import type { RunningOperations } from '../running-operations.ts';
import type { FindStatistics } from '../query/find-documents.ts';
import type { SessionRegistry } from '../sessions/session-registry.ts';
import type { Store } from '../storage/store.ts';
import type { StoredCollection } from '../storage/stored-collection.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { BsonDocument } from '../values/bson-document.ts';

/** What `serverStatus` counts. */
export interface OperationCounters {
  insert: number;
  query: number;
  update: number;
  delete: number;
  getmore: number;
  command: number;
}

/** The parts of a server that commands work with. */
export interface ServerParts {
  readonly store: Store;
  readonly cursors: CursorRegistry;
  readonly sessions: SessionRegistry;
  readonly profiler: Profiler;
  readonly counters: OperationCounters;
  readonly operations: RunningOperations;
  readonly failPoint: FailPoint;
  readonly log: Logger;
  /** How this server names itself in `hello`, such as `127.0.0.1:27017`. */
  readonly address: () => string;
  readonly replicaSet: string;
  readonly startedAt: number;
  readonly openConnections: () => number;
}

/** Who is at the other end of a connection. */
export interface ConnectionState {
  readonly id: number;
  user: { readonly name: string; readonly database: string } | null;
  /** The exchange between saslStart and the last saslContinue. */
  exchange: { readonly scram: ScramExchange; readonly database: string; isProven: boolean } | null;
}

/** One command on its way. */
export interface CommandContext {
  readonly server: ServerParts;
  readonly connection: ConnectionState;
  readonly name: string;
  readonly command: BsonDocument;
  readonly database: string;
  readonly deadline: Deadline;
  readonly session: string | null;
  readonly transaction: Transaction | null;
  readonly privileges: () => readonly Privilege[];
  /** Told to the profiler. */
  readonly statistics: FindStatistics;
}

/** How a command is asked for, allowed and run. */
export interface CommandDefinition {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** The fields it knows beyond those that every command may have. */
  readonly fields: readonly string[];
  /** What the user must be allowed; `none` needs no login, `login` any user. */
  readonly needs: Action | 'none' | 'login';
  /** True when it may be part of a multi-document transaction. */
  readonly isTransactional?: boolean;
  /** True when a session may number it, to be repeated after a lost answer. */
  readonly isRetryable?: boolean;
  readonly run: (context: CommandContext) => Promise<BsonDocument> | BsonDocument;
}

/** The collection a command names, its name checked. */
export function collectionName(context: CommandContext): string {
  const name = context.command[context.name];
  if (typeof name !== 'string') {
    throw new CommandError('InvalidNamespace', `collection name has invalid type ${typeof name}`);
  }
  if (name === '' || name.includes('\u0000') || name.includes('$') || name.startsWith('.')) {
    throw new CommandError('InvalidNamespace', `Invalid namespace specified '${context.database}.${name}'`);
  }
  return name;
}

/** The name of a collection that a command makes or changes: any but that of the profiler, of which no file knows. */
export function storedName(context: CommandContext): string {
  const name = collectionName(context);
  if (name !== 'system.profile') return name;
  throw new CommandError('Unauthorized', `cannot write to '${context.database}.${name}'`);
}

/** The collection a command names, `undefined` when it does not exist. */
export function findCollection(context: CommandContext): StoredCollection | undefined {
  const name = collectionName(context);
  if (name === 'system.profile') return context.server.profiler.collectionOf(context.database);
  return context.server.store.catalog.find(context.database, name);
}

/** The collection a command names; throws NamespaceNotFound. */
export function requireCollection(context: CommandContext): StoredCollection {
  const collection = findCollection(context);
  if (collection !== undefined) return collection;
  throw new CommandError(
    'NamespaceNotFound',
    `ns does not exist: ${context.database}.${collectionName(context)}`,
  );
}
