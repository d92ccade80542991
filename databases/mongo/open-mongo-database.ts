import { access, mkdir } from 'node:fs/promises';
import path from 'node:path';

import { DatabaseError } from '../database-error.ts';
import type { DatabaseDeath, DatabaseOptions, RunningDatabase } from '../database.ts';
import { loadCredentials, type MongoCredentials } from './credentials.ts';
import type { DatabaseProcess } from './database-process.ts';
import { startDevelopmentServer } from './development-server.ts';
import { findMongod, type Mongod, parseMongodChoice } from './mongod/find-mongod.ts';
import { startMongod } from './mongod/start-mongod.ts';
import { buildMongoUrl, nameServiceUsers } from './service-users.ts';

const REPLICA_SET = 'rs0';
const HOST = '127.0.0.1';

/** Which of the two a folder belongs to: their data are not exchangeable. */
type Engine = 'development' | 'mongod';

interface Opened {
  readonly process: DatabaseProcess;
  readonly port: number;
  readonly description: string;
  readonly isNew: boolean;
}

async function exists(file: string): Promise<boolean> {
  return await access(file).then(
    () => true,
    () => false,
  );
}

async function engineOfFolder(folder: string): Promise<Engine | undefined> {
  if (await exists(path.join(folder, 'development'))) return 'development';
  if (await exists(path.join(folder, 'mongod'))) return 'mongod';
  return undefined;
}

/**
 * The mongod to use, undefined for the development server. A folder that has data decides, so that
 * a mongod that is installed later does not make the data disappear.
 */
async function chooseMongod(options: DatabaseOptions, folder: string): Promise<Mongod | undefined> {
  const { service, environment } = options;
  const choice = parseMongodChoice(environment['FREEHOLD_MONGOD']);
  const engine = await engineOfFolder(folder);
  if (engine === 'development' && choice.kind === 'any') return undefined;
  const mongod = await findMongod(choice, environment['PATH'] ?? '');
  if (engine === undefined || (engine === 'mongod') === (mongod !== undefined)) return mongod;
  throw new DatabaseError(
    engine === 'mongod'
      ? `The MongoDB folder of ${service}, ${folder}, was written by a real mongod, and none is used now. ` +
          'Put mongod on PATH or set FREEHOLD_MONGOD=download, or choose another folder (--data DIR).'
      : `The MongoDB folder of ${service}, ${folder}, was written by the development server. Set ` +
          'FREEHOLD_MONGOD=development, or choose another folder (--data DIR) for the real MongoDB.',
  );
}

async function start(
  options: DatabaseOptions,
  folder: string,
  credentials: MongoCredentials,
): Promise<Opened> {
  const { service, portWanted, log } = options;
  const mongod = await chooseMongod(options, folder);
  if (mongod === undefined) {
    const data = path.join(folder, 'development');
    const isNew = !(await exists(data));
    const passwords = { owner: credentials.owner, service: credentials.service };
    const started = await startDevelopmentServer({ service, folder: data, portWanted, passwords, log });
    return { ...started, isNew, description: 'MongoDB development server, embedded' };
  }
  const own = path.join(folder, 'mongod');
  const isNew = !(await exists(own));
  const shared = { mongod, service, folder: own, credentials, replicaSet: REPLICA_SET, portWanted, log };
  const started = await startMongod(shared);
  return { ...started, isNew, description: `MongoDB ${mongod.version}, embedded` };
}

function describeRunning(
  options: DatabaseOptions,
  credentials: MongoCredentials,
  { process: child, port, description, isNew }: Opened,
): RunningDatabase {
  const { service } = options;
  const { database, owner, service: own } = nameServiceUsers(service);
  let isClosing = false;
  const died = new Promise<DatabaseDeath>((resolve) => {
    void child.exited.then((death) => {
      if (!isClosing) resolve(death);
    });
  });
  return {
    service,
    kind: 'mongo',
    source: 'embedded',
    description,
    host: HOST,
    port,
    url: buildMongoUrl(own, credentials.service, port, database, REPLICA_SET),
    ownerUrl: buildMongoUrl(owner, credentials.owner, port, database, REPLICA_SET),
    isNew,
    died,
    async close() {
      isClosing = true;
      await child.stop();
    },
  };
}

/**
 * Opens the embedded MongoDB of one service under `options.folder`: a real mongod where there is one, else the
 * development server, each in a process of its own. `FREEHOLD_MONGOD` chooses: `download`, `development` or the
 * path of a mongod.
 *
 * @throws {DatabaseError} when the folder is in use, damaged or of another version, and when no server starts.
 */
export async function openMongoDatabase(options: DatabaseOptions): Promise<RunningDatabase> {
  const folder = path.resolve(options.folder);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const { credentials } = await loadCredentials(folder, options.service);
    const opened = await start(options, folder, credentials);
    return describeRunning(options, credentials, opened);
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && 'path' in error) {
      throw new DatabaseError(
        `The database folder of ${options.service}, ${folder}, cannot be used: ${error.message}. ` +
          'Free the disk, mend the rights of the folder, or choose another one (--data DIR).',
        { cause: error },
      );
    }
    throw error;
  }
}
