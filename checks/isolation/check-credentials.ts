import { MongoClient, MongoServerError } from 'mongodb';
import { Client } from 'pg';

import type { ServiceDatabaseUrl } from './check-urls.ts';
import type { Attempt } from './report.ts';

/** How long a try may take, in milliseconds. */
const timeoutMs = 5000;

/** Tries everybody's credentials on every database: a service's own must work, every other must be refused. */
export async function tryCredentials(
  databases: readonly ServiceDatabaseUrl[],
  /** Credentials in the gateway's environment; usually none. */
  gatewayUrls: readonly string[],
): Promise<Attempt[]> {
  const attempts: Attempt[] = [];
  for (const target of databases) {
    for (const { service, url } of databases) {
      const isOwn = service === target.service;
      attempts.push(
        await tryOne(service, isOwn ? target.url : borrow(url, target.url), target.service, isOwn),
      );
    }
    if (gatewayUrls.length === 0) {
      attempts.push(await tryOne('gateway', withoutCredentials(target.url), target.service, false));
    }
    for (const url of gatewayUrls) {
      attempts.push(await tryOne('gateway', borrow(url, target.url), target.service, false));
    }
  }
  return attempts;
}

/** The target's address with somebody else's user and password. */
function borrow(credentials: string, target: string): string {
  const [own, url] = [new URL(credentials), new URL(target)];
  url.username = own.username;
  url.password = own.password;
  return url.href;
}

function withoutCredentials(target: string): string {
  const url = new URL(target);
  url.username = '';
  url.password = '';
  return url.href;
}

async function tryOne(who: string, url: string, database: string, isOwn: boolean): Promise<Attempt> {
  const isMongo = url.startsWith('mongodb');
  const result = isMongo ? await tryMongo(url) : await tryPostgres(url);
  const hasCredentials = new URL(url).username !== '';
  const way = `${hasCredentials ? 'the credentials of its process' : 'no credentials, it has none'}, ${
    isMongo ? 'a read by the MongoDB driver' : 'a connection by pg'
  }`;
  if (result.kind === 'let in') return { who, database, outcome: isOwn ? 'own' : 'BREACH', how: way };
  // Its own refused, or no answer at all: nothing is proved.
  const outcome = result.kind === 'refused' && !isOwn ? 'refused' : 'unknown';
  return { who, database, outcome, how: `${way}: ${result.reason}` };
}

type Result = { readonly kind: 'let in' } | { readonly kind: 'refused' | 'failed'; readonly reason: string };

async function tryPostgres(url: string): Promise<Result> {
  // Without a user, pg would take the name of this process's.
  const user = new URL(url).username || 'nobody';
  const client = new Client({ connectionString: url, user, connectionTimeoutMillis: timeoutMs });
  // A server that goes away while it is left is no news.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return { kind: 'let in' };
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    // Class 28: not authorised; 42501: no right to connect; 3D000 tells that one was let in so far.
    const isRefused = code.startsWith('28') || code === '42501' || /password must be a string/.test(message);
    return { kind: isRefused ? 'refused' : 'failed', reason: code || message };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function tryMongo(url: string): Promise<Result> {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    directConnection: true,
  });
  try {
    await client.db().listCollections({}, { nameOnly: true }).toArray();
    return { kind: 'let in' };
  } catch (error) {
    // 13: needs authentication or a right; 18: authentication failed.
    const isRefused = error instanceof MongoServerError && (error.code === 13 || error.code === 18);
    const reason = error instanceof MongoServerError ? (error.codeName ?? String(error.code)) : String(error);
    return { kind: isRefused ? 'refused' : 'failed', reason };
  } finally {
    await client.close();
  }
}
