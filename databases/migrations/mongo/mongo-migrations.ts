import { createHash, randomUUID } from 'node:crypto';

import type { Document } from 'bson';
import { MongoClient, MongoServerError, type Collection, type Db, type ClientSession } from 'mongodb';

import {
  compareHistory,
  computeChecksum,
  refuseEdited,
  type MigrationFile,
  type MigrationRecord,
} from '../history.ts';
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
import { printExtendedJson, readDeclaredState, type DatabaseState } from './declared-state.ts';
import {
  computeCommands,
  isDataCommand,
  nameCommand,
  parseCommands,
  printCommands,
  replayCommands,
} from './migration-commands.ts';
import { withMigrationLock, type MigrationLock } from './migration-lock.ts';

/** The fields of Prisma's table, and what a migration needs that resumes where it stopped. */
interface RecordDocument extends MigrationRecord {
  readonly _id: string;
  readonly started_at: Date;
  /** Commands that are done. */
  readonly applied_steps_count: number;
  /** Checksum of those commands, so that a mended file resumes only if it did not change them. */
  readonly applied_steps_checksum: string;
}

interface ApplyRun {
  readonly db: Db;
  readonly client: MongoClient;
  readonly records: Collection<RecordDocument>;
  readonly lock: MigrationLock;
  readonly options: ApplyOptions;
}

const recordsName = '_freehold_migrations';

/** Applies what is missing in a MongoDB database, command by command; see `applyMigrations`. */
export async function applyMongoMigrations(options: ApplyOptions): Promise<MigrationOutcome> {
  const files = await readMigrations(options.folder, 'mongo');
  // Every file is read before the first command runs.
  for (const file of files) parseCommands(file.text, file.file);
  return await withDatabase(options, async (db, client) => {
    const records = db.collection<RecordDocument>(recordsName, { writeConcern: { w: 'majority' } });
    const first = await readHistory(records, files, options);
    if (first.pending.length === 0) return { applied: [], pending: [], alreadyApplied: first.applied };
    if (options.dryRun)
      return { applied: [], pending: first.pending.map((file) => file.name), alreadyApplied: first.applied };
    return await withMigrationLock(db, options.service, options.signal, async (lock) => {
      // Another process may have been faster.
      const { pending, applied: alreadyApplied } = await readHistory(records, files, options);
      const run: ApplyRun = { db, client, records, lock, options };
      for (const file of pending) await applyFile(run, file);
      return { applied: pending.map((file) => file.name), pending: [], alreadyApplied };
    });
  });
}

/** Writes the commands that lead from the migrations to collections.json; undefined when they agree. */
export async function createMongoMigration(options: CreateOptions): Promise<CreatedMigration | undefined> {
  const files = await readMigrations(options.folder, 'mongo');
  const name = nameMigration(options.name, options.now ?? new Date());
  const commands = await computeUndeclared(options, files);
  if (commands.length === 0) return undefined;
  const text = printCommands(commands);
  const file = await writeMigration(options.folder, 'mongo', files, { name, text });
  return { name, file, text };
}

export async function diagnoseMongoMigrations(target: MigrationTarget): Promise<Diagnosis> {
  const files = await readMigrations(target.folder, 'mongo');
  const records = await withDatabase(
    target,
    async (db) => await db.collection<RecordDocument>(recordsName).find().toArray(),
  );
  const history = compareHistory(files, records);
  const commands = await computeUndeclared(target, files);
  return {
    pending: history.pending.map((file) => file.name),
    edited: history.edited,
    failed: history.failed.map((record) => record.migration_name),
    unknown: history.unknown,
    undeclared: commands.length === 0 ? undefined : printCommands(commands),
  };
}

async function computeUndeclared(
  target: MigrationTarget,
  files: readonly MigrationFile[],
): Promise<Document[]> {
  const declared = await readDeclaredState(target.folder, target.service);
  const start: DatabaseState = new Map();
  const state = files.reduce(
    (before, file) => replayCommands(before, parseCommands(file.text, file.file)),
    start,
  );
  return computeCommands(state, declared);
}

async function readHistory(
  records: Collection<RecordDocument>,
  files: readonly MigrationFile[],
  target: MigrationTarget,
) {
  const history = compareHistory(files, await records.find().toArray());
  refuseEdited(history, target.service, target.folder);
  if (history.unknown.length > 0)
    target.log.warn(
      { service: target.service, migrations: history.unknown },
      'the database has migrations that this version of the code does not know',
    );
  return history;
}

/** Runs the commands of one migration, from where an earlier attempt stopped. */
async function applyFile(run: ApplyRun, file: MigrationFile): Promise<void> {
  const { records, lock, options } = run;
  const commands = parseCommands(file.text, file.file);
  const record = await openRecord(run, file, commands);
  options.log.info({ service: options.service, migration: file.name }, 'applying migration');
  for (let step = record.applied_steps_count; step < commands.length; step += 1) {
    options.signal?.throwIfAborted();
    await lock.check();
    const command = commands[step] ?? {};
    // An earlier attempt may have run this very command and been killed before it could record that.
    const isRepeated = record.isResumed && step === record.applied_steps_count;
    try {
      await runStep(run, record._id, commands, step, isRepeated);
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      await records.updateOne({ _id: record._id }, { $set: { logs: message } });
      throw failedError(options.service, file, step, commands.length, command, error);
    }
  }
  await records.updateOne(
    { _id: record._id },
    { $set: { finished_at: new Date(), checksum: computeChecksum(file.text), logs: null } },
  );
}

async function openRecord(
  { records, options }: ApplyRun,
  file: MigrationFile,
  commands: readonly Document[],
): Promise<RecordDocument & { readonly isResumed: boolean }> {
  const existing = await records.findOne({
    migration_name: file.name,
    finished_at: null,
    rolled_back_at: null,
  });
  if (!existing) {
    const record: RecordDocument = {
      _id: randomUUID(),
      migration_name: file.name,
      checksum: computeChecksum(file.text),
      started_at: new Date(),
      finished_at: null,
      rolled_back_at: null,
      logs: null,
      applied_steps_count: 0,
      applied_steps_checksum: computeStepsChecksum(commands, 0),
    };
    await records.insertOne(record);
    return { ...record, isResumed: false };
  }
  const done = existing.applied_steps_count;
  if (computeStepsChecksum(commands, done) !== existing.applied_steps_checksum)
    throw new MigrationError(
      `${options.service}: the first ${done} commands of ${file.name} are in the database already, and the file ` +
        `has other ones there now. Restore them in ${file.file}; change only what comes after.`,
    );
  return { ...existing, isResumed: true };
}

/** Runs one command and records it: in one transaction where it changes documents, else one after the other. */
async function runStep(
  { db, client, records }: ApplyRun,
  id: string,
  commands: readonly Document[],
  step: number,
  isRepeated: boolean,
): Promise<void> {
  const command = commands[step] ?? {};
  const record = async (session?: ClientSession): Promise<void> => {
    const checksum = computeStepsChecksum(commands, step + 1);
    await records.updateOne(
      { _id: id },
      { $set: { applied_steps_count: step + 1, applied_steps_checksum: checksum } },
      session ? { session } : {},
    );
  };
  if (!isDataCommand(command)) {
    await runCommand(db, command).catch((error: unknown) => {
      if (!(isRepeated && isDone(command, error))) throw error;
    });
    await record();
    return;
  }
  await client.withSession(async (session) => {
    await session.withTransaction(async () => {
      await runCommand(db, command, session);
      await record(session);
    });
  });
}

async function runCommand(db: Db, command: Document, session?: ClientSession): Promise<void> {
  const result = await db.command(command, session ? { session } : {});
  // insert, update and delete answer `ok: 1` even when documents were refused.
  const refused: unknown = result['writeErrors'];
  if (Array.isArray(refused) && refused.length > 0) {
    const first: unknown = refused[0];
    const message = first instanceof Object && 'errmsg' in first ? String(first.errmsg) : 'documents refused';
    throw new Error(message);
  }
}

/** Errors of MongoDB that say that a command's work is done already. */
const doneCodes: Readonly<Record<string, readonly number[]>> = {
  create: [48], // NamespaceExists
  drop: [26], // NamespaceNotFound
  dropIndexes: [26, 27], // NamespaceNotFound, IndexNotFound
};

function isDone(command: Document, error: unknown): boolean {
  if (!(error instanceof MongoServerError) || typeof error.code !== 'number') return false;
  return doneCodes[nameCommand(command)]?.includes(error.code) ?? false;
}

function computeStepsChecksum(commands: readonly Document[], count: number): string {
  return createHash('sha256')
    .update(printExtendedJson(commands.slice(0, count)))
    .digest('hex');
}

function failedError(
  service: string,
  file: MigrationFile,
  step: number,
  count: number,
  command: Document,
  error: unknown,
): MigrationError {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof MongoServerError ? ` (code ${String(error.code)})` : '';
  const text = printExtendedJson(command);
  return new MigrationError(
    [
      `${service}: the migration ${file.name} failed: ${message}${code}`,
      `  file: ${file.file}`,
      `  command ${step + 1} of ${count}: ${text.length > 300 ? `${text.slice(0, 300)}…` : text}`,
      `  The ${step} commands before it are in the database. Mend this command or the data and run ` +
        'npx freehold migrate again; it goes on from here.',
    ].join('\n'),
    { cause: error },
  );
}

async function withDatabase<T>(
  target: MigrationTarget,
  use: (db: Db, client: MongoClient) => Promise<T>,
): Promise<T> {
  const client = new MongoClient(target.ownerUrl, { serverSelectionTimeoutMS: 10_000 });
  try {
    await client.connect();
    return await use(client.db(), client);
  } finally {
    await client.close();
  }
}
