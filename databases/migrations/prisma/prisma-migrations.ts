import { randomUUID } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Client } from 'pg';

import { compareHistory, refuseEdited, type History, type MigrationFile } from '../history.ts';
import { MigrationError } from '../migration-error.ts';
import { nameMigration, readMigrations, writeMigration } from '../migration-folder.ts';
import type {
  ApplyOptions,
  CreatedMigration,
  CreateOptions,
  Diagnosis,
  MigrationOutcome,
  MigrationTarget,
} from '../migration-target.ts';
import { withMigrationLock } from './migration-lock.ts';
import { withOwner } from './owner-client.ts';
import {
  hasOwnTransactions,
  keepFromService,
  markOwnTransactions,
  readRecords,
  runAndFinish,
  runWithOwnTransactions,
} from './record-table.ts';
import { runWhole, type RunScript } from './schema-adapter.ts';
import { withSchemaEngine, type SchemaEngine } from './schema-engine.ts';
import { findLine, isOneTransaction } from './sql-script.ts';

const filters = { externalTables: [], externalEnums: [] };

type MigrationList = Parameters<SchemaEngine['applyMigrations']>[0]['migrationsList'];

/** Applies what is missing in a PostgreSQL database, with Prisma's engine and in Prisma's format. */
export async function applyPrismaMigrations(options: ApplyOptions): Promise<MigrationOutcome> {
  const files = await readMigrations(options.folder, 'postgres');
  return await withOwner(options, async (client) => {
    const first = await readHistory(client, files, options);
    // Most calls end here, without a lock and without loading the engine.
    if (first.pending.length === 0 && first.failed.length === 0)
      return { applied: [], pending: [], alreadyApplied: first.applied };
    if (options.dryRun)
      return {
        applied: [],
        pending: first.pending.map((file) => file.name),
        alreadyApplied: first.applied,
      };
    return await withMigrationLock(client, options.service, options.signal, async () => {
      // Another process may have been faster.
      const history = await readHistory(client, files, options);
      const applied = await applyPending(client, history, files, options);
      await keepFromService(client);
      return { applied, pending: [], alreadyApplied: history.applied };
    });
  });
}

/** Writes the SQL that leads from the migrations to schema.prisma; undefined when they agree. */
export async function createPrismaMigration(options: CreateOptions): Promise<CreatedMigration | undefined> {
  const files = await readMigrations(options.folder, 'postgres');
  const name = nameMigration(options.name, options.now ?? new Date());
  const text = await computeDifference(options, files, true);
  if (text === undefined) return undefined;
  const file = await writeMigration(options.folder, 'postgres', files, { name, text });
  await writeLockFile(options.folder);
  return { name, file, text };
}

export async function diagnosePrismaMigrations(target: MigrationTarget): Promise<Diagnosis> {
  const files = await readMigrations(target.folder, 'postgres');
  const records = await withOwner(target, readRecords);
  const history = compareHistory(files, records);
  return {
    pending: history.pending.map((file) => file.name),
    edited: history.edited,
    failed: history.failed.map((record) => record.migration_name),
    unknown: history.unknown,
    undeclared: await computeDifference(target, files, false),
  };
}

async function readHistory(
  client: Client,
  files: readonly MigrationFile[],
  target: MigrationTarget,
): Promise<History> {
  const history = compareHistory(files, await readRecords(client));
  refuseEdited(history, target.service, target.folder);
  if (history.unknown.length > 0)
    target.log.warn(
      { service: target.service, migrations: history.unknown },
      'the database has migrations that this version of the code does not know',
    );
  return history;
}

async function applyPending(
  client: Client,
  history: History,
  files: readonly MigrationFile[],
  options: ApplyOptions,
): Promise<readonly string[]> {
  const started: { file?: MigrationFile; error?: unknown } = {};
  const runScript: RunScript = async (pool, script) => {
    options.signal?.throwIfAborted();
    const file = history.pending.find((pending) => pending.text === script && pending !== started.file);
    if (!file) return await runWhole(pool, script);
    started.file = file;
    options.log.info({ service: options.service, migration: file.name }, 'applying migration');
    try {
      const run = isOneTransaction(script) ? runAndFinish : runWithOwnTransactions;
      await run(pool, file.name, script);
    } catch (error) {
      started.error = error;
      throw error;
    }
    return undefined;
  };
  return await withEngine(options, runScript, client, async (engine) => {
    await recoverFailed(engine, history, options);
    const migrationsList = await listForEngine(options.folder, files);
    try {
      return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
    } catch (error) {
      const { file, error: databaseError } = started;
      if (!file || databaseError === undefined) throw explainEngineError(error, options);
      const isClean = isOneTransaction(file.text);
      // PostgreSQL has rolled the script back, so its record must not stand in the way of the mended one.
      if (isClean) await engine.markMigrationRolledBack({ migrationName: file.name });
      else await markOwnTransactions(client, file.name);
      options.signal?.throwIfAborted();
      throw failedError(options.service, file, databaseError, isClean);
    }
  });
}

/**
 * Migrations that were begun and not finished. This process holds the lock, so nobody is still at them: their
 * process was killed, and PostgreSQL rolled back what it had begun.
 */
async function recoverFailed(engine: SchemaEngine, history: History, options: ApplyOptions): Promise<void> {
  for (const record of history.failed) {
    const name = record.migration_name;
    if (hasOwnTransactions(record) && options.retry !== true)
      throw new MigrationError(
        `${options.service}: the migration ${name} failed earlier, and because it controls its own ` +
          'transactions a part of it may be in the database. Undo that part or make the file skip it, then ' +
          `run: npx freehold migrate ${options.service} --retry`,
      );
    await engine.markMigrationRolledBack({ migrationName: name });
  }
}

function failedError(service: string, file: MigrationFile, error: unknown, isClean: boolean): MigrationError {
  const read = (name: string): string | undefined => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const position = Number(read('position') ?? Number.NaN);
  const line = Number.isNaN(position) ? undefined : findLine(file.text, position);
  const lines = [
    `${service}: the migration ${file.name} failed: ${read('message') ?? String(error)}` +
      (read('code') === undefined ? '' : ` (SQLSTATE ${read('code')})`),
    `  file: ${file.file}${line ? `:${line.number}` : ''}`,
    ...(line ? [`  line: ${line.text}`] : []),
    ...(read('detail') === undefined ? [] : [`  detail: ${read('detail')}`]),
    ...(read('hint') === undefined ? [] : [`  hint: ${read('hint')}`]),
    isClean
      ? '  Nothing of it is in the database. Mend the file or the data and run npx freehold migrate again.'
      : '  It controls its own transactions, so a part of it may be in the database. Undo that part or make ' +
        `the file skip it, then run: npx freehold migrate ${service} --retry`,
  ];
  return new MigrationError(lines.join('\n'), { cause: error });
}

function explainEngineError(error: unknown, options: MigrationTarget): unknown {
  if (!(error instanceof Error)) return error;
  const code: unknown = Reflect.get(error, 'code');
  if (code === 'P3005')
    return new MigrationError(
      `${options.service}: the database is not empty and has no record of migrations, so it is not known which ` +
        'of them it has. Use an empty database, or record the state it is in (Prisma calls it baselining).',
      { cause: error },
    );
  // Below the first line stands the engine's own trace.
  const [summary = ''] = error.message.split(/\n\s+\d+: /);
  return new MigrationError(`${options.service}: Prisma's schema engine: ${summary.trim()}`, {
    cause: error,
  });
}

/** SQL (or a summary) of what schema.prisma has beyond the migrations; undefined when nothing. */
async function computeDifference(
  target: MigrationTarget,
  files: readonly MigrationFile[],
  script: boolean,
): Promise<string | undefined> {
  const content = await readSchema(target);
  try {
    return await withEngine(target, runWhole, undefined, async (engine) => {
      const result = await engine.diff({
        from:
          files.length === 0
            ? { tag: 'empty' }
            : { tag: 'migrations', ...(await listForEngine(target.folder, files)) },
        to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
        script,
        exitCode: true,
        filters,
      });
      return result.exitCode === 2 ? (result.stdout ?? undefined) : undefined;
    });
  } catch (error) {
    if (error instanceof Error && Reflect.get(error, 'code') === '42501')
      throw new MigrationError(
        `${target.service}: migrations are tried out in a database of their own, and the owner role may not make one. ` +
          'Grant it CREATEDB (ALTER ROLE … CREATEDB), or unset the URL to use the embedded database.',
        { cause: error },
      );
    throw explainEngineError(error, target);
  }
}

async function withEngine<T>(
  target: MigrationTarget,
  runScript: RunScript,
  canceller: Client | undefined,
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  const schema = await readSchema(target);
  const applicationName = `freehold-migrate-${randomUUID()}`;
  const cancel = (): void => {
    canceller
      ?.query('SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = $1', [
        applicationName,
      ])
      .catch(() => undefined);
  };
  target.signal?.addEventListener('abort', cancel, { once: true });
  try {
    return await withSchemaEngine({ ownerUrl: target.ownerUrl, applicationName, runScript, schema }, use);
  } finally {
    target.signal?.removeEventListener('abort', cancel);
  }
}

async function readSchema(target: MigrationTarget): Promise<string> {
  const file = path.join(target.folder, 'schema.prisma');
  return await readFile(file, 'utf8').catch((error: Error) => {
    throw new MigrationError(`${target.service}: its schema ${file} cannot be read: ${error.message}.`, {
      cause: error,
    });
  });
}

/** Prisma's file that says for which kind of database the migrations are; the engine wants to see it. */
const lockFile = 'migration_lock.toml';
const lockText =
  '# Please do not edit this file manually\n' +
  '# It should be added in your version-control system (e.g., Git)\n' +
  'provider = "postgresql"\n';

async function listForEngine(folder: string, files: readonly MigrationFile[]): Promise<MigrationList> {
  const baseDir = path.resolve(folder, 'migrations');
  const lock = await readFile(path.join(baseDir, lockFile), 'utf8').catch(() => lockText);
  return {
    baseDir,
    lockfile: { path: lockFile, content: lock },
    shadowDbInitScript: '',
    migrationDirectories: files.map((file) => ({
      path: file.name,
      migrationFile: { path: path.basename(file.file), content: { tag: 'ok', value: file.text } },
    })),
  };
}

async function writeLockFile(folder: string): Promise<void> {
  await writeFile(path.join(folder, 'migrations', lockFile), lockText, { flag: 'wx' }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    },
  );
}
