import { createServer, type Server } from 'node:net';

import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { DatabaseError } from './database-error.ts';
import type { DatabaseKind } from './database.ts';
import { nameVariables, openDatabase } from './open-database.ts';
import { reachUrl } from './reach-url.ts';

async function refusalOf(kind: DatabaseKind, url: string): Promise<string> {
  const error: unknown = await openDatabase({
    service: 'order-history',
    kind,
    folder: '/nowhere',
    environment: { ORDER_HISTORY_DATABASE_URL: url },
    log: pino({ level: 'silent' }),
  }).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatabaseError);
  return error instanceof Error ? error.message : '';
}

describe('a database URL from the environment', () => {
  test('is looked up under the name of the service', () => {
    expect(nameVariables('order-history')).toEqual({
      variable: 'ORDER_HISTORY_DATABASE_URL',
      ownerVariable: 'ORDER_HISTORY_DATABASE_OWNER_URL',
    });
  });

  test('must fit the kind of the database', async () => {
    expect(await refusalOf('postgres', 'mongodb://u:secret@h/db')).toBe(
      'ORDER_HISTORY_DATABASE_URL begins with mongodb://; expected one that begins with postgresql:// or postgres://.',
    );
    expect(await refusalOf('mongo', 'localhost')).toContain('is not a URL');
  });

  test('of the owner alone is refused, because another database would be migrated', async () => {
    const opened = openDatabase({
      service: 'order-history',
      kind: 'postgres',
      folder: '/nowhere',
      environment: { ORDER_HISTORY_DATABASE_OWNER_URL: 'postgresql://u:secret@h/db' },
      log: pino({ level: 'silent' }),
    });
    await expect(opened).rejects.toThrow(
      'ORDER_HISTORY_DATABASE_OWNER_URL is set and ORDER_HISTORY_DATABASE_URL is not; expected both, or none',
    );
  });

  test('that no driver understands is refused without its password', async () => {
    expect(await refusalOf('mongo', 'mongodb://u:secret@h:port/db')).not.toContain('secret');
    expect(await refusalOf('postgres', 'postgresql://u:secret@h:port/db')).not.toContain('secret');
  });
});

describe('a database that does not answer', () => {
  let silent: Server;
  let place: string;

  beforeAll(async () => {
    // Accepts connections and says nothing.
    silent = createServer();
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    place = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  });

  afterAll(() => {
    silent.close();
  });

  test.each([
    ['postgres', 'postgresql'],
    ['mongo', 'mongodb'],
  ] as const)('is named with its host and variable, in time (%s)', async (kind, scheme) => {
    const url = `${scheme}://user:secret@${place}/db`;
    const message = await reachUrl({ variable: 'ORDERS_DATABASE_URL', url, kind, timeoutMs: 400 }).then(
      () => '',
      (error: unknown) => (error instanceof DatabaseError ? error.message : String(error)),
    );
    expect(message).toContain(`No database answers at ${place} (ORDERS_DATABASE_URL) within 0.4 s`);
    expect(message).not.toContain('secret');
  });
});

test('a database without TLS is not asked again when the URL asks for it', async () => {
  let connections = 0;
  // What PostgreSQL answers to a client that asks for TLS, where it has none.
  const plain = createServer((socket) => {
    connections += 1;
    socket.once('data', () => socket.end('N'));
  });
  await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve));
  const address = plain.address();
  const url = `postgresql://user:secret@127.0.0.1:${typeof address === 'object' ? address?.port : ''}/db`;
  try {
    const reached = reachUrl({ variable: 'URL', url: `${url}?sslmode=verify-full`, kind: 'postgres' });
    await expect(reached).rejects.toThrow(
      /refuses: The server does not support SSL connections\. Check .* TLS/,
    );
    expect(connections).toBe(1);
  } finally {
    plain.close();
  }
});
