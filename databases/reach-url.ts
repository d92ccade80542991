import { setTimeout as delay } from 'node:timers/promises';

import type { Client } from 'pg';

import { DatabaseError } from './database-error.ts';
import type { DatabaseKind } from './database.ts';

/** A database found at a URL. */
export interface ReachedDatabase {
  readonly description: string;
  readonly host: string;
  readonly port: number;
}

export interface ReachOptions {
  /** The environment variable that holds the URL; messages name it. */
  readonly variable: string;
  readonly url: string;
  readonly kind: DatabaseKind;
  /** How long to wait for a database that does not answer yet, in ms; default 10,000. */
  readonly timeoutMs?: number;
}

const schemes: Record<DatabaseKind, readonly string[]> = {
  postgres: ['postgresql', 'postgres'],
  mongo: ['mongodb', 'mongodb+srv'],
};

/**
 * Connects once to the database behind a URL. One that refuses connections is asked again until the time is
 * up, because a container may still be starting; one that answers with a refusal (password, missing database)
 * is not.
 *
 * @throws {DatabaseError} naming the variable and the host, never the password.
 */
export async function reachUrl(options: ReachOptions): Promise<ReachedDatabase> {
  const { variable, url, kind } = options;
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase();
  if (scheme === undefined || !schemes[kind].includes(scheme)) {
    const expected = schemes[kind].map((name) => `${name}://`).join(' or ');
    const found = scheme === undefined ? 'is not a URL' : `begins with ${scheme}://`;
    throw new DatabaseError(`${variable} ${found}; expected one that begins with ${expected}.`);
  }
  return kind === 'postgres' ? await reachPostgres(options) : await reachMongo(options);
}

async function reachPostgres(options: ReachOptions): Promise<ReachedDatabase> {
  const { variable, url, timeoutMs = 10_000 } = options;
  const { Client } = await import('pg');
  const makeClient = (limitMs: number): Client => {
    try {
      return new Client({ connectionString: url, connectionTimeoutMillis: limitMs, query_timeout: limitMs });
    } catch {
      // Such as a port that is not a number. The parser's error holds the URL with its password: no `cause`.
      throw new DatabaseError(`${variable} is not a URL that PostgreSQL's driver understands.`);
    }
  };
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const client = makeClient(Math.max(deadline - Date.now(), 1));
    client.on('error', () => undefined);
    const place = `${client.host}:${client.port}`;
    try {
      await client.connect();
      const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
      const version = rows[0]?.server_version.split(' ')[0] ?? '';
      return { description: `PostgreSQL ${version}, ${place}`, host: client.host, port: client.port };
    } catch (error) {
      if (isRefusal(error)) throw refusalError(variable, place, error);
      if (Date.now() + 250 >= deadline) throw unreachableError(variable, place, timeoutMs, error);
    } finally {
      await client.end().catch(() => undefined);
    }
    await delay(250);
  }
}

/**
 * PostgreSQL answered, and will answer the same next time. 57P03: it is still starting. A certificate that is not trusted,
 * or none where `sslmode` asks for one, stays so too.
 */
function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  if (/does not support SSL/.test(error.message)) return true;
  if (!('code' in error) || typeof error.code !== 'string') return false;
  if (/CERT|TLS|SSL/.test(error.code)) return true;
  return /^[0-9A-Z]{5}$/.test(error.code) && !error.code.startsWith('57') && !error.code.startsWith('53');
}

async function reachMongo(options: ReachOptions): Promise<ReachedDatabase> {
  const { variable, url, timeoutMs = 10_000 } = options;
  const { MongoClient, MongoServerSelectionError } = await import('mongodb');
  let client;
  try {
    client = new MongoClient(url, { serverSelectionTimeoutMS: timeoutMs, connectTimeoutMS: timeoutMs });
  } catch {
    throw new DatabaseError(`${variable} is not a URL that MongoDB's driver understands.`);
  }
  const { hosts, dbName } = client.options;
  const place = hosts.map(String).join(',') || (client.options.srvHost ?? '');
  try {
    await client.connect();
    await client.db(dbName).command({ ping: 1 });
    const { version } = await client.db(dbName).command({ buildInfo: 1 });
    const { host = place, port = 27_017 } = hosts[0] ?? {};
    return { description: `MongoDB ${String(version)}, ${place}`, host, port };
  } catch (error) {
    if (error instanceof MongoServerSelectionError || !(error instanceof Error))
      throw unreachableError(variable, place, timeoutMs, error);
    throw refusalError(variable, place, error);
  } finally {
    await client.close();
  }
}

function refusalError(variable: string, place: string, error: Error): DatabaseError {
  return new DatabaseError(
    `The database at ${place} (${variable}) refuses: ${error.message.replace(/\.$/, '')}. ` +
      `Check user, password, database name and TLS options in ${variable}.`,
    { cause: error },
  );
}

function unreachableError(variable: string, place: string, timeoutMs: number, error: unknown): DatabaseError {
  const reason = error instanceof Error && error.message !== '' ? error.message : String(error);
  return new DatabaseError(
    `No database answers at ${place} (${variable}) within ${timeoutMs / 1000} s: ${reason}. ` +
      `Start it, correct the host and port in ${variable}, or unset ${variable} to use the embedded one.`,
    { cause: error },
  );
}
