import { MongoClient, MongoServerError } from 'mongodb';
import { Client } from 'pg';

import { readPlaces, type ServiceDatabaseUrl } from './check-urls.ts';
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
      const login = isOwn ? { url, hasPassword: true } : borrow(url, target.url);
      attempts.push(await tryOne(service, login, target.service, isOwn));
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

/** A way in that is tried. */
interface Login {
  readonly url: string;
  /** Where MongoDB keeps the user; undefined: as the URL says. */
  readonly authSource?: string;
  readonly hasPassword: boolean;
}

/** The target's address with somebody else's user and password. */
function borrow(credentials: string, target: string): Login {
  const [{ username, password, protocol, pathname, searchParams }] = readPlaces(credentials);
  const url = withUser(target, password === '' ? username : `${username}:${password}`);
  if (!protocol.startsWith('mongo')) return { url, hasPassword: true };
  // A server that several share knows a user by name and database: that of the target would be somebody else's user.
  const authSource = searchParams.get('authSource') ?? (pathname.slice(1) || 'admin');
  return { url, authSource, hasPassword: true };
}

/** PostgreSQL is asked with a name in any case: that of the service, whom a careless pg_hba.conf lets in by it alone. */
function withoutCredentials(target: string): Login {
  const [{ username, protocol }] = readPlaces(target);
  return { url: withUser(target, protocol.startsWith('mongo') ? '' : username), hasPassword: false };
}

function withUser(target: string, user: string): string {
  return target.replace(
    /^([^/]*\/\/)(?:[^@/]*@)?/,
    (_all, scheme) => `${scheme}${user}${user === '' ? '' : '@'}`,
  );
}

async function tryOne(who: string, login: Login, database: string, isOwn: boolean): Promise<Attempt> {
  const isMongo = login.url.startsWith('mongodb');
  const result = isMongo ? await tryMongo(login) : await tryPostgres(login.url);
  const way = `${login.hasPassword ? 'the credentials of its process' : 'no credentials, it has none'}, ${
    isMongo ? 'a read by the MongoDB driver' : 'a connection by pg'
  }`;
  if (result.kind === 'let in') return { who, database, outcome: isOwn ? 'own' : 'BREACH', how: way };
  // Its own refused, or no answer at all: nothing is proved.
  const outcome = result.kind === 'refused' && !isOwn ? 'refused' : 'unknown';
  return { who, database, outcome, how: `${way}: ${result.reason}` };
}

type Result = { readonly kind: 'let in' } | { readonly kind: 'refused' | 'failed'; readonly reason: string };

async function tryPostgres(url: string): Promise<Result> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: timeoutMs });
  // A server that goes away while it is left is no news.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('SELECT 1');
    return { kind: 'let in' };
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string };
    // Class 28: not authorised; 42501: no right to connect; 3D000 tells that one was let in so far.
    if (/password must be a string/.test(message))
      return { kind: 'refused', reason: 'it asks for a password' };
    const isRefused = code.startsWith('28') || code === '42501';
    return { kind: isRefused ? 'refused' : 'failed', reason: code || message };
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function tryMongo({ url, authSource }: Login): Promise<Result> {
  const client = new MongoClient(url, {
    serverSelectionTimeoutMS: timeoutMs,
    connectTimeoutMS: timeoutMs,
    ...(authSource !== undefined && { authSource }),
    ...directly(url),
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

/** Asks the one host that a URL names, whatever its replica set says of where it is; several cannot be asked so. */
export function directly(url: string): { readonly directConnection?: true } {
  return url.startsWith('mongodb+srv:') || readPlaces(url).length > 1 ? {} : { directConnection: true };
}
