import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';

import { MongoClient, MongoNetworkError } from 'mongodb';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import {
  type ServiceDatabaseUnderTest,
  openServiceDatabase,
} from '../../../tests/support/service-database.ts';
import { connectionOptions } from './mongo-connection.ts';
import { openMongo } from './mongo.ts';

let database: ServiceDatabaseUnderTest;
let client: MongoClient;

beforeAll(async () => {
  database = await openServiceDatabase('reviews', 0);
});

afterEach(async () => {
  await client?.close();
});

afterAll(async () => {
  await database?.close();
});

const ping = () => client.db().command({ ping: 1 });

test("a client's close ends the sessions and cursors that are open, and those that have ended are forgotten", async () => {
  const settings = { service: 'reviews', url: database.url, connectionsMax: 2, connectionWaitMs: 5_000 };
  const opened = openMongo({ ...settings, statementMs: 30_000, log: pino({ level: 'silent' }) });
  ({ client } = opened.client);
  const under = (client as unknown as { s: Record<string, Iterable<object>> }).s;

  await client.withSession((session) => client.db().command({ ping: 1 }, { session }));
  await client.db().collection('any').find().toArray();
  expect([...under['activeSessions']!, ...under['activeCursors']!]).toEqual([]);

  const session = client.startSession();
  expect([...under['activeSessions']!]).toEqual([session]);
  await client.close();
  expect(session.hasEnded).toBe(true);
});

describe('a connection that ends without an error at the moment in which a command is sent', () => {
  /** Those of the client, the monitor's first. */
  let sockets: Socket[] = [];
  const addSocket = (message: unknown) => void sockets.push((message as { readonly socket: Socket }).socket);

  beforeEach(() => {
    sockets = [];
    subscribe('net.client.socket', addSocket);
  });

  afterEach(() => {
    unsubscribe('net.client.socket', addSocket);
  });

  test('fails the command', async () => {
    const settings = { service: 'reviews', url: database.url, connectionsMax: 1, connectionWaitMs: 5_000 };
    const opened = openMongo({ ...settings, statementMs: 30_000, log: pino({ level: 'silent' }) });
    ({ client } = opened.client);
    await ping();
    client.once('connectionCheckedOut', () => sockets.at(-1)?.destroy());
    await expect(ping()).rejects.toThrow(MongoNetworkError);
    await expect(ping()).resolves.toMatchObject({ ok: 1 });
  });

  test('does not keep the monitor from asking again', async () => {
    client = new MongoClient(database.url, { heartbeatFrequencyMS: 500, ...connectionOptions() });
    await ping();
    client.once('serverHeartbeatStarted', () => sockets[0]?.destroy());
    const of = [{ connectionId: new URL(database.url).host }];
    await expect(once(client, 'serverHeartbeatFailed')).resolves.toMatchObject(of);
    await expect(once(client, 'serverHeartbeatSucceeded')).resolves.toMatchObject(of);
  });
});

describe('a login that the server never answers', () => {
  let proxy: Server;
  let url: string;
  const held = new Set<Socket>();
  const pairs = new Set<Socket>();
  let isHolding = true;

  beforeEach(async () => {
    // Forwards everything, until logins are held: then nothing more of the connections that log in.
    const { hostname, port } = new URL(database.url);
    proxy = createServer((socket) => {
      const server = connect(Number(port), hostname);
      for (const one of [socket, server]) {
        pairs.add(one);
        one.on('error', () => {});
        one.on('close', () => [socket, server].forEach((other) => other.destroy()));
      }
      server.pipe(socket);
      socket.on('data', (bytes) => {
        if (isHolding && bytes.includes('saslContinue')) held.add(socket);
        if (!held.has(socket)) server.write(bytes);
      });
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    const through = new URL(database.url);
    through.port = String(typeof address === 'object' ? address?.port : 0);
    url = through.href;
  });

  afterEach(() => {
    for (const socket of pairs) socket.destroy();
    proxy.close();
  });

  test('is given up soon, and another connection is made', async () => {
    client = new MongoClient(url, {
      connectTimeoutMS: 1_000,
      // Whoever waits for this waits for longer than the test.
      socketTimeoutMS: 3_600_000,
      waitQueueTimeoutMS: 500,
      ...connectionOptions(),
    });
    const tryToPing = () => ping().catch(() => {});
    // As many as the driver makes at a time.
    await expect.poll(() => Promise.all([tryToPing(), tryToPing()]).then(() => held.size)).toBeGreaterThan(1);
    isHolding = false;
    await expect.poll(tryToPing).toMatchObject({ ok: 1 });
  });
});
