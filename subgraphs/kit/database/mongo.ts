import { type Db, MongoClient } from 'mongodb';

import { databaseDefaults } from '../service-defaults.ts';
import { currentStatementScope, runInStatementScope } from '../statements/statement-scope.ts';
import { forgetSessions } from './mongo-sessions.ts';
import { CommandRecorder } from './mongo-commands.ts';
import { connectionOptions } from './mongo-connection.ts';
import { boundWaits, readPoolState } from './mongo-pool.ts';
import type { OpenDatabase } from './service-database.ts';

/** How long a statement looks for a server before it fails, in milliseconds. */
const serverSelectionMs = 2_000;

/** How long each step to a connection may take, in milliseconds: reaching the server, its greeting, the login. */
const connectMs = 2_000;

/** How a service's MongoDB database is opened: the one that its URL names. */
export const openMongo: OpenDatabase<Db> = (settings) => {
  const recorder = new CommandRecorder();
  const client = new MongoClient(settings.url, {
    appName: `freehold ${settings.service}`,
    maxPoolSize: settings.connectionsMax,
    waitQueueTimeoutMS: settings.connectionWaitMs,
    serverSelectionTimeoutMS: serverSelectionMs,
    connectTimeoutMS: connectMs,
    ...connectionOptions(recorder),
    // A write cannot be given up as a read can: without this, one that the server never answers would hold its
    // connection for good.
    socketTimeoutMS: settings.statementMs + 1_000,
  });
  forgetSessions(client);
  recorder.watch(client);
  client.on('error', (error) => settings.log.debug({ error: error.message }, 'a connection was lost'));
  const database = client.db();
  let closing: Promise<void> | undefined;
  return {
    client: database,
    system: 'mongodb',
    pool: () => readPoolState(client, settings.connectionsMax),
    beginWait: boundWaits(client, settings),
    statementMs: settings.statementMs,
    async check(signal) {
      await database.command({ ping: 1 }, { signal });
    },
    close() {
      closing ??= client.close();
      return closing;
    },
  };
};

/** What a read or write takes along from its request: the comment for the profiler, and how long it may take. */
export interface StatementOptions {
  comment?: string;
  maxTimeMS: number;
}

/** The options for the write that is about to be sent on behalf of the current request. */
export function statementOptions(): StatementOptions {
  const scope = currentStatementScope();
  scope?.countStatement();
  const { statementMs = databaseDefaults.statementMs, deadlineMs = Infinity } = scope ?? {};
  const leftMs = deadlineMs - performance.now();
  return {
    ...(scope?.comment ? { comment: scope.comment } : {}),
    // 0 would mean no limit.
    maxTimeMS: Math.max(1, Math.floor(Math.min(statementMs, leftMs))),
  };
}

/**
 * How many documents a read is answered with at once. MongoDB's own number is 101, and the rest would be one more
 * statement; a reply ends at 16 MB whatever this says.
 */
const batchSize = 1_000_000;

/** What a read takes along. */
export interface ReadOptions extends StatementOptions {
  batchSize: number;
  signal?: AbortSignal;
}

/**
 * Sends one read: it is given up when the client leaves, and when the pool is full too long. `send` gets the options for
 * it, and sends nothing else; a read has a scope of its own, by which its command is told from those of its siblings.
 */
export async function runRead<Result>(send: (options: ReadOptions) => Promise<Result>): Promise<Result> {
  const scope = currentStatementScope();
  const options = { batchSize, ...statementOptions() };
  if (!scope) return send(options);
  const wait = scope.beginWait?.(scope);
  if (!wait) return send({ signal: scope.signal, ...options });
  try {
    return await runInStatementScope({ ...scope, wait }, () => send({ signal: wait.signal, ...options }));
  } finally {
    wait.end();
  }
}
