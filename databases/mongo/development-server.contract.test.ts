import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

import { MongoClient } from 'mongodb';
import { pino } from 'pino';

import { describeMongoContract } from './contract/describe-mongo-contract.ts';
import { startMongoServer } from './server/start-mongo-server.ts';

describeMongoContract('the development server', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'freehold-mongo-'));
  const login = { user: 'contract', password: 'secret', authSource: 'admin' };
  const server = await startMongoServer({
    folder,
    host: '127.0.0.1',
    port: 0,
    replicaSet: 'rs0',
    users: [
      { user: login.user, db: 'admin', password: login.password, roles: [{ role: 'root', db: 'admin' }] },
    ],
    log: pino({ level: 'silent' }),
    onFault(error) {
      throw error;
    },
  });
  const address = `mongodb://127.0.0.1:${server.port}`;
  const client = new MongoClient(`${address}/?replicaSet=rs0`, {
    auth: { username: login.user, password: login.password },
    authSource: login.authSource,
  });
  await client.connect();
  return {
    client,
    database: 'freehold_contract',
    address,
    ...login,
    async close() {
      await client.close();
      await server.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
});
