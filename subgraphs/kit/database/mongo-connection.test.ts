import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';

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
    client.once('commandStarted', () => sockets.at(-1)?.destroy());
    await expect(ping()).rejects.toThrow(MongoNetworkError);
    await expect(ping()).resolves.toMatchObject({ ok: 1 });
  });

  test('does not keep the monitor from asking again', async () => {
    client = new MongoClient(database.url, { heartbeatFrequencyMS: 500, ...connectionOptions });
    await ping();
    client.once('serverHeartbeatStarted', () => sockets[0]?.destroy());
    const of = [{ connectionId: new URL(database.url).host }];
    await expect(once(client, 'serverHeartbeatFailed')).resolves.toMatchObject(of);
    await expect(once(client, 'serverHeartbeatSucceeded')).resolves.toMatchObject(of);
  });
});
