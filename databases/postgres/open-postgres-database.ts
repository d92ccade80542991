import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { Client } from 'pg';

import { DatabaseError } from '../database-error.ts';
import type { DatabaseDeath, DatabaseOptions, RunningDatabase } from '../database.ts';
import { lockFolder, type FolderLock } from '../folder-lock.ts';
import { findPostgresBinaries, type PostgresBinaries } from './binaries.ts';
import { listClusterFiles, markComplete, prepareCluster, type ClusterFiles } from './cluster-folder.ts';
import { buildUrl, nameRoles, type Credentials, type RoleNames } from './credentials.ts';
import { PostmasterStartError, startPostmaster, type Postmaster } from './postmaster.ts';
import { createRights, createRolesAndDatabase } from './roles.ts';
import { chooseRunAs, type RunAs } from './run-as.ts';

const host = '127.0.0.1';
/** How often another port is tried when someone was faster. */
const portAttempts = 5;
/** How long sessions of a killed server may take to notice that it has gone. */
const orphanedSessionsMs = 5_000;

interface Opening {
  readonly options: DatabaseOptions;
  readonly files: ClusterFiles;
  readonly roles: RoleNames;
  readonly binaries: PostgresBinaries;
  readonly runAs: RunAs;
}

interface StartedServer {
  readonly postmaster: Postmaster;
  readonly port: number;
}

/**
 * Opens the embedded PostgreSQL of one service, a server of its own under `options.folder`: made at the first
 * call, started again at later ones. One process at a time.
 *
 * @throws {DatabaseError} when the folder is in use, damaged, of another version or not writable.
 */
export async function openPostgresDatabase(options: DatabaseOptions): Promise<RunningDatabase> {
  const folder = path.resolve(options.folder);
  // 0711: PostgreSQL runs under another account than root and must get through to its own folder.
  const mode = process.getuid?.() === 0 ? 0o711 : 0o700;
  const lock = await explainFaults(options, async () => {
    await mkdir(folder, { recursive: true, mode });
    return await lockFolder(folder, options.service);
  });
  try {
    const opened = await explainFaults(options, async () => {
      const binaries = await findPostgresBinaries();
      const runAs = await chooseRunAs([path.dirname(binaries.postgres), folder]);
      const roles = nameRoles(options.service);
      return await openLocked({ options, files: listClusterFiles(folder), roles, binaries, runAs });
    });
    return describeRunning(opened, lock);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

interface Opened extends Opening {
  readonly credentials: Credentials;
  readonly isNew: boolean;
  readonly server: StartedServer;
}

async function openLocked(opening: Opening): Promise<Opened> {
  const { options, files, binaries, roles } = opening;
  const prepared = await prepareCluster({ ...opening, service: options.service, log: options.log });
  const server = await startServer(opening);
  try {
    if (prepared.isNew) {
      await setUp(roles, prepared.credentials, server.port);
      await markComplete(files, binaries.version);
    } else await checkAccess(opening, prepared.credentials, server.port);
    return { ...opening, ...prepared, server };
  } catch (error) {
    await server.postmaster.stop();
    throw error;
  }
}

function describeRunning(opened: Opened, lock: FolderLock): RunningDatabase {
  const { options, roles, credentials, binaries, isNew, server } = opened;
  const { postmaster, port } = server;
  let isClosing = false;
  const died = new Promise<DatabaseDeath>((resolve) => {
    const settleUnlessClosed = async (): Promise<void> => {
      const death = await postmaster.exited;
      if (isClosing) return;
      await lock.release();
      resolve(death);
    };
    void settleUnlessClosed();
  });
  return {
    service: options.service,
    kind: 'postgres',
    source: 'embedded',
    description: `PostgreSQL ${binaries.version}, embedded`,
    host,
    port,
    url: buildUrl(roles.service, credentials.service, port, roles.database),
    ownerUrl: buildUrl(roles.owner, credentials.owner, port, roles.database),
    isNew,
    died,
    async close() {
      isClosing = true;
      await postmaster.stop();
      await lock.release();
    },
  };
}

async function startServer(opening: Opening): Promise<StartedServer> {
  const { options, files, binaries, runAs } = opening;
  const giveUpAt = Date.now() + orphanedSessionsMs;
  // The port of the last run first: what was connected then finds the database where it was.
  let wanted = await readLastPort(files);
  for (let attempt = 1; ;) {
    const port = (await findFreePort(wanted)) ?? (await findFreePort(0)) ?? 0;
    try {
      const postmaster = await startPostmaster({
        program: binaries.postgres,
        cluster: files.cluster,
        port,
        runAs,
        log: options.log,
      });
      // A convenience for the next start, which does without.
      await writeFile(files.port, String(port)).catch(() => undefined);
      return { postmaster, port };
    } catch (error) {
      if (!(error instanceof PostmasterStartError)) throw error;
      const { output } = error;
      if (/could not (bind|create any TCP)/.test(output) && attempt < portAttempts) {
        attempt += 1;
        wanted = 0;
      } else if (/pre-existing shared memory block/.test(output) && Date.now() < giveUpAt) await delay(50);
      else throw startError(opening, error);
    }
  }
}

function startError(opening: Opening, error: PostmasterStartError): DatabaseError {
  const { options, files } = opening;
  const lines = error.output.split('\n').filter((line) => line.trim() !== '');
  const reason = lines.findLast((line) => /^(FATAL|PANIC):/.test(line)) ?? lines.slice(-3).join(' ');
  return new DatabaseError(
    `The PostgreSQL of ${options.service} does not start on ${files.folder}: ${reason.trim() || error.message}. ` +
      'If the folder is damaged, move it away to keep it or delete it if its data are not needed, and start again.',
    { cause: error },
  );
}

async function setUp(roles: RoleNames, credentials: Credentials, port: number): Promise<void> {
  await withClient(buildUrl(roles.admin, credentials.admin, port, 'postgres'), async (client) => {
    await createRolesAndDatabase(client, roles, credentials);
  });
  await withClient(buildUrl(roles.admin, credentials.admin, port, roles.database), async (client) => {
    await createRights(client, roles);
  });
}

/** Shows at once, and not in the first request, that credentials.json belongs to this data folder. */
async function checkAccess(opening: Opening, credentials: Credentials, port: number): Promise<void> {
  const { roles, options, files } = opening;
  const urls = [
    buildUrl(roles.service, credentials.service, port, roles.database),
    buildUrl(roles.owner, credentials.owner, port, roles.database),
  ];
  try {
    await Promise.all(urls.map((url) => withClient(url, async (client) => await client.query('SELECT 1'))));
  } catch (error) {
    throw new DatabaseError(
      `The PostgreSQL of ${options.service} on ${files.folder} started, but refuses its own roles: ` +
        `${error instanceof Error ? error.message : error}. credentials.json and cluster/ do not belong together: ` +
        'restore both from the same copy, or move the folder away and start again.',
      { cause: error },
    );
  }
}

async function withClient(url: string, use: (client: Client) => Promise<unknown>): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await use(client);
  } finally {
    await client.end();
  }
}

/** A port that nobody listens on: `wanted`, or any for 0. Undefined when the wanted one is taken. */
async function findFreePort(wanted: number): Promise<number | undefined> {
  return await new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(wanted, host, () => {
      const address = server.address();
      const port = typeof address === 'object' && address ? address.port : undefined;
      server.close(() => resolve(port));
    });
  });
}

async function readLastPort(files: ClusterFiles): Promise<number> {
  const port = Number.parseInt(await readFile(files.port, 'utf8').catch(() => ''), 10);
  return port > 1023 && port < 65_536 ? port : 0;
}

/** Turns faults of the file system into messages that name the folder. */
async function explainFaults<T>(options: DatabaseOptions, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof Error && 'syscall' in error && 'code' in error && 'path' in error)
      throw new DatabaseError(
        `The database folder of ${options.service}, ${options.folder}, cannot be used: ${error.message}. ` +
          'Free the disk, mend the rights of the folder, or choose another one (--data DIR).',
        { cause: error },
      );
    throw error;
  }
}
