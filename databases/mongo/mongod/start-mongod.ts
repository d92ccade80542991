import { randomBytes } from 'node:crypto';
import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import type { MongoClient } from 'mongodb';
import type { Logger } from 'pino';

import { DatabaseError } from '../../database-error.ts';
import { replaceFile } from '../../replace-file.ts';
import type { MongoCredentials } from '../credentials.ts';
import { type DatabaseProcess, startDatabaseProcess } from '../database-process.ts';
import { findFreePort } from '../find-free-port.ts';
import { findProjectRoot } from '../project-root.ts';
import { DOCUMENTS_ACTIONS, DOCUMENTS_ROLE, nameServiceUsers, OWNER_ROLES } from '../service-users.ts';
import type { Mongod } from './find-mongod.ts';

const START_MS_MAX = 60_000;
const STOP_MS_MAX = 12_000;
const ADMIN = 'freehold_setup';
const ALREADY_INITIALIZED = 23;
const NOT_YET_INITIALIZED = 94;
const ALREADY_EXISTS = [51002, 51003];

export interface StartMongodOptions {
  readonly mongod: Mongod;
  readonly service: string;
  readonly folder: string;
  readonly credentials: MongoCredentials;
  readonly replicaSet: string;
  /** See `DatabaseOptions`. */
  readonly portWanted?: number | undefined;
  readonly log: Logger;
}

/** A mongod that is the primary of its replica set of one, with both users. */
export interface StartedMongod {
  readonly process: DatabaseProcess;
  readonly port: number;
}

async function makeKeyFile(folder: string): Promise<string> {
  const file = path.join(folder, 'replica-set-key');
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  // 6 to 1024 characters of base64; mongod refuses a key that others may read.
  if (!isThere) await replaceFile(file, randomBytes(512).toString('base64'), 0o600);
  return file;
}

function codeOf(error: unknown): number {
  return error instanceof Error && 'code' in error ? Number(error.code) : 0;
}

async function runIgnoring(codes: readonly number[], action: () => Promise<unknown>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!codes.includes(codeOf(error))) throw error;
  }
}

/** Makes the replica set, or tells it its new port; returns when the server is its primary. */
async function becomePrimary(
  client: MongoClient,
  host: string,
  replicaSet: string,
  isAdmin: boolean,
): Promise<void> {
  const admin = client.db('admin');
  if (isAdmin) {
    const { config } = await admin.command({ replSetGetConfig: 1 });
    if (config.members[0].host !== host) {
      config.members[0].host = host;
      config.version += 1;
      await admin.command({ replSetReconfig: config, force: true });
    }
  } else {
    const config = { _id: replicaSet, members: [{ _id: 0, host }] };
    await runIgnoring([ALREADY_INITIALIZED], () => admin.command({ replSetInitiate: config }));
  }
  const deadline = Date.now() + START_MS_MAX;
  while (Date.now() < deadline) {
    const { isWritablePrimary } = await admin.command({ hello: 1 });
    if (isWritablePrimary === true) return;
    await delay(50);
  }
  throw new Error(`it did not become the primary within ${START_MS_MAX / 1000} s`);
}

async function createUsers(
  client: MongoClient,
  service: string,
  { owner, service: own }: MongoCredentials,
): Promise<void> {
  const names = nameServiceUsers(service);
  const database = client.db(names.database);
  await runIgnoring(ALREADY_EXISTS, () =>
    database.command({
      createRole: DOCUMENTS_ROLE,
      privileges: [{ resource: { db: names.database, collection: '' }, actions: [...DOCUMENTS_ACTIONS] }],
      roles: [],
    }),
  );
  await runIgnoring(ALREADY_EXISTS, () =>
    database.command({ createUser: names.service, pwd: own, roles: [DOCUMENTS_ROLE] }),
  );
  await runIgnoring(ALREADY_EXISTS, () =>
    database.command({ createUser: names.owner, pwd: owner, roles: [...OWNER_ROLES] }),
  );
}

interface Reaching {
  readonly port: number;
  readonly credentials: MongoCredentials;
}

async function connect({ port, credentials }: Reaching, isAdmin: boolean): Promise<MongoClient> {
  const { MongoClient } = await import('mongodb');
  const client = new MongoClient(`mongodb://127.0.0.1:${port}/`, {
    directConnection: true,
    serverSelectionTimeoutMS: START_MS_MAX,
    ...(isAdmin ? { auth: { username: ADMIN, password: credentials.admin }, authSource: 'admin' } : {}),
  });
  return await client.connect();
}

async function hasAdmin(reaching: Reaching): Promise<boolean> {
  try {
    const client = await connect(reaching, true);
    await client.close();
    return true;
  } catch (error) {
    // 18: no such user yet. Others are faults of the server.
    if (codeOf(error) === 18) return false;
    throw error;
  }
}

/** Brings a mongod that answers to the state that services expect; safe to repeat after a crash. */
async function setUp(options: StartMongodOptions, port: number): Promise<void> {
  const { credentials, service, replicaSet } = options;
  const reaching = { port, credentials };
  const host = `127.0.0.1:${port}`;
  if (!(await hasAdmin(reaching))) {
    // Without any user, a client on this machine may make the set and the first user.
    const client = await connect(reaching, false);
    try {
      await becomePrimary(client, host, replicaSet, false);
      await runIgnoring(ALREADY_EXISTS, () =>
        client.db('admin').command({ createUser: ADMIN, pwd: credentials.admin, roles: ['root'] }),
      );
    } finally {
      await client.close();
    }
  }
  const client = await connect(reaching, true);
  try {
    await runIgnoring([NOT_YET_INITIALIZED], () => becomePrimary(client, host, replicaSet, true));
    await createUsers(client, service, credentials);
  } finally {
    await client.close();
  }
}

function failure(options: StartMongodOptions, reason: string): DatabaseError {
  return new DatabaseError(
    `The MongoDB ${options.mongod.version} of ${options.service} does not start on ${options.folder}: ` +
      `${reason} If the folder is damaged, move it away to keep it or delete it if its data are not ` +
      'needed, and start again.',
  );
}

/** The sentence for people in mongod's last lines, which are JSON. */
export function reasonIn(output: string): string {
  const messages = output.split('\n').flatMap((line) => {
    const severe = /"s":"[EF]".*"msg":"([^"]*)"/.exec(line);
    return severe?.[1] === undefined ? [] : [severe[1]];
  });
  return messages.at(-1) ?? output.trim().split('\n').at(-1) ?? '';
}

/**
 * Starts a mongod as a replica set of one with access control on 127.0.0.1.
 *
 * @throws {DatabaseError} with mongod's own reason.
 */
export async function startMongod(options: StartMongodOptions): Promise<StartedMongod> {
  const { folder, replicaSet, mongod, log, service } = options;
  const data = path.join(folder, 'data');
  await mkdir(data, { recursive: true, mode: 0o700 });
  const keyFile = await makeKeyFile(folder);
  const port = await findFreePort(options.portWanted);
  const child = startDatabaseProcess({
    command: process.execPath,
    args: [
      path.join(findProjectRoot(), 'bin', 'freehold.js'),
      'mongo-server',
      '--folder',
      folder,
      '--service',
      service,
      '--mongod',
      mongod.program,
      '--',
      '--dbpath',
      data,
      '--port',
      String(port),
      '--bind_ip',
      '127.0.0.1',
      '--replSet',
      replicaSet,
      '--keyFile',
      keyFile,
      '--auth',
      '--nounixsocket',
    ],
    input: '',
    stopMs: STOP_MS_MAX,
    onLine: (line) => log.debug({ service }, line),
  });
  const ended = child.exited.then(({ output }) => reasonIn(output));
  const ready = setUp(options, port).then(
    () => null,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const reason = await Promise.race([ended, ready]);
  if (reason === null) return { process: child, port };
  await child.stop();
  throw failure(options, reason.endsWith('.') ? reason : `${reason}.`);
}
