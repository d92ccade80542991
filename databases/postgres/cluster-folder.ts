import { chmod, chown, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Logger } from 'pino';
import { z } from 'zod';

import { DatabaseError } from '../database-error.ts';
import { replaceFile } from '../replace-file.ts';
import type { PostgresBinaries } from './binaries.ts';
import { credentialsShape, makeCredentials, type Credentials, type RoleNames } from './credentials.ts';
import { stopLeftoverServer } from './leftover.ts';
import type { RunAs } from './run-as.ts';
import { runBounded } from './run-bounded.ts';

/** The files of one embedded PostgreSQL. */
export interface ClusterFiles {
  readonly folder: string;
  /** PGDATA */
  readonly cluster: string;
  /** Passwords, mode 0600. */
  readonly credentials: string;
  /** How far the set-up has come; written before the first step and after the last. */
  readonly state: string;
  /** The port of the last run. */
  readonly port: string;
}

/** A data folder that a server can be started on. */
export interface PreparedCluster {
  readonly credentials: Credentials;
  /** True when it was made just now: roles and database are still missing. */
  readonly isNew: boolean;
}

export interface PrepareOptions {
  readonly service: string;
  readonly files: ClusterFiles;
  readonly roles: RoleNames;
  readonly binaries: PostgresBinaries;
  readonly runAs: RunAs;
  readonly log: Logger;
}

const stateShape = z.object({ state: z.enum(['preparing', 'complete']) });

export function listClusterFiles(folder: string): ClusterFiles {
  return {
    folder,
    cluster: path.join(folder, 'cluster'),
    credentials: path.join(folder, 'credentials.json'),
    state: path.join(folder, 'state.json'),
    port: path.join(folder, 'port'),
  };
}

/**
 * Makes the data folder, or checks the one that is there. A set-up that was interrupted starts over: no row
 * can be in it yet. Anything else that is not as it should be is reported and left untouched.
 */
export async function prepareCluster(options: PrepareOptions): Promise<PreparedCluster> {
  const { files, service, log } = options;
  const state = await readState(options);
  if (state === 'complete') {
    await checkVersion(options);
    await stopLeftoverServer(files.cluster, service, log);
    return { credentials: await readCredentials(options), isNew: false };
  }
  if (state === 'preparing') {
    log.info({ service }, 'the set-up of the database was interrupted and starts over');
    await stopLeftoverServer(files.cluster, service, log);
    // initdb ends with the process that ran it, in the moment in which this one may come.
    await rm(files.cluster, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
  return { credentials: await makeCluster(options), isNew: true };
}

/** To be called when roles and database stand. */
export async function markComplete(files: ClusterFiles, version: string): Promise<void> {
  await replaceFile(files.state, JSON.stringify({ state: 'complete', kind: 'postgres', version }));
}

async function readState(options: PrepareOptions): Promise<'none' | 'preparing' | 'complete'> {
  const { files } = options;
  const text = await readOptional(files.state);
  if (text === undefined) {
    const cluster = await stat(files.cluster).catch(() => undefined);
    if (cluster) throw unusable(options, `it holds ${files.cluster} but not ${path.basename(files.state)}`);
    return 'none';
  }
  const parsed = stateShape.safeParse(parseJson(text));
  if (!parsed.success) throw unusable(options, `${files.state} cannot be read`);
  return parsed.data.state;
}

async function checkVersion(options: PrepareOptions): Promise<void> {
  const { files, binaries } = options;
  const found = (await readOptional(path.join(files.cluster, 'PG_VERSION')))?.trim();
  if (found === undefined) throw unusable(options, `${path.join(files.cluster, 'PG_VERSION')} is missing`);
  if (found !== binaries.major)
    throw unusable(
      options,
      `its data belong to PostgreSQL ${found}, and the embedded one is ${binaries.version}`,
    );
}

async function readCredentials(options: PrepareOptions): Promise<Credentials> {
  const { files } = options;
  const text = await readOptional(files.credentials);
  if (text === undefined) throw unusable(options, `${files.credentials} is missing`);
  const parsed = credentialsShape.safeParse(parseJson(text));
  if (!parsed.success) throw unusable(options, `${files.credentials} cannot be read`);
  // Someone may have widened the mode, for instance by a copy.
  await chmod(files.credentials, 0o600);
  return parsed.data;
}

async function makeCluster(options: PrepareOptions): Promise<Credentials> {
  const { files, binaries, runAs, roles } = options;
  const credentials = makeCredentials();
  await replaceFile(files.state, JSON.stringify({ state: 'preparing' }));
  await replaceFile(files.credentials, JSON.stringify(credentials, null, 2));
  const passwordFile = path.join(files.folder, 'setup-password');
  try {
    await rm(passwordFile, { force: true });
    await writeFile(passwordFile, credentials.admin, { mode: 0o600, flag: 'wx' });
    await mkdir(files.cluster, { mode: 0o700 });
    if (runAs.account) {
      const { uid, gid } = runAs.account;
      await Promise.all([chown(passwordFile, uid, gid), chown(files.cluster, uid, gid)]);
    }
    const args = [
      `--pgdata=${files.cluster}`,
      `--username=${roles.admin}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      // Comes with PostgreSQL itself, so text sorts the same on every system and after every system update.
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--locale=C',
      '--data-checksums',
      '--no-instructions',
    ];
    await runBounded(runAs, binaries.initdb, args, 120_000);
    await writeFile(path.join(files.cluster, 'pg_hba.conf'), printHostRules(roles));
  } catch (error) {
    throw setUpError(options, error);
  } finally {
    await rm(passwordFile, { force: true });
  }
  return credentials;
}

/** pg_hba.conf: the first line that fits decides, so the service's role reaches one database by rule as well. */
function printHostRules(roles: RoleNames): string {
  return [
    '# Written by Freehold when the folder was made.',
    '# TYPE DATABASE USER ADDRESS METHOD',
    `host  ${roles.database}  ${roles.service}  127.0.0.1/32  scram-sha-256`,
    `host  all  ${roles.service}  127.0.0.1/32  reject`,
    'host  all  all  127.0.0.1/32  scram-sha-256',
    '',
  ].join('\n');
}

function setUpError(options: PrepareOptions, error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return new DatabaseError(
    `The PostgreSQL of ${options.service} cannot be set up in ${options.files.folder}: ` +
      `${error.message} Nothing is kept of the attempt; mend the cause and start again.`,
    { cause: error },
  );
}

function unusable(options: PrepareOptions, found: string): DatabaseError {
  const { service, files, binaries } = options;
  return new DatabaseError(
    `The database folder of ${service}, ${files.folder}, cannot be opened by PostgreSQL ${binaries.version}: ${found}. ` +
      'Move the folder away to keep it, or delete it if its data are not needed, and start again.',
  );
}

async function readOptional(file: string): Promise<string | undefined> {
  return await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined;
    throw error;
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
