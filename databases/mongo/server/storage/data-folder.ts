import { printValue } from '../values/print-value.ts';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { BsonDocument } from '../values/bson-document.ts';
import { Journal } from './journal.ts';
import { lockFolder } from './lock-file.ts';
import { type Operation, replayOperation, type StoredState, stateOperations } from './operations.ts';
import { DamagedFolderError, encodeRecord, fileHeader, readRecords } from './record-file.ts';

const FILE = /^(journal|snapshot)-(\d{8})\.freehold$/;
/** A journal longer than this is replaced by a snapshot while the server runs. */
const JOURNAL_BYTES_MAX = 64 * 1024 * 1024;
/** A journal longer than this is replaced when the folder is opened, so that starts stay short. */
const JOURNAL_BYTES_AT_START_MAX = 8 * 1024 * 1024;
/** Rows a snapshot record holds; a bound on the memory that writing and reading takes. */
const OPERATIONS_PER_RECORD = 500;

interface Files {
  readonly snapshot: number | null;
  readonly journals: readonly number[];
}

function fileName(kind: 'journal' | 'snapshot', generation: number): string {
  return `${kind}-${printValue(generation).padStart(8, '0')}.freehold`;
}

function listFiles(folder: string): Files {
  const found = readdirSync(folder).flatMap((name) => {
    const match = FILE.exec(name);
    return match === null ? [] : [{ kind: match[1], generation: Number(match[2]) }];
  });
  const generations = (kind: string): number[] =>
    found
      .filter((file) => file.kind === kind)
      .map((file) => file.generation)
      .sort((left, right) => left - right);
  const snapshot = generations('snapshot').at(-1) ?? null;
  const journals = generations('journal').filter((generation) => snapshot === null || generation >= snapshot);
  return { snapshot, journals };
}

function syncFolder(folder: string): void {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

/** The folder of one server: a snapshot, the journal since then, and a lock. */
export class DataFolder {
  readonly path: string;
  private readonly state: StoredState;
  private readonly log: Logger;
  private readonly unlock: () => void;
  private readonly onFault: (error: unknown) => void;
  private journal: Journal | null = null;
  private generation = 1;
  private isCompacting: Promise<void> | null = null;

  private constructor(
    path: string,
    state: StoredState,
    log: Logger,
    unlock: () => void,
    onFault: (error: unknown) => void,
  ) {
    this.path = path;
    this.state = state;
    this.log = log;
    this.unlock = unlock;
    this.onFault = onFault;
  }

  /**
   * Takes the folder, reads what it holds into `state` and makes it ready to write. `onFault` is
   * told when the disk refuses a write; the process must then end, because nothing is safe.
   */
  static async open(
    path: string,
    state: StoredState,
    log: Logger,
    onFault: (error: unknown) => void,
  ): Promise<DataFolder> {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    const unlock = lockFolder(path);
    try {
      const folder = new DataFolder(path, state, log, unlock, onFault);
      await folder.load();
      return folder;
    } catch (error) {
      unlock();
      throw error;
    }
  }

  /** Settles when the operations are on the disk, all of them or, after a crash, none. */
  async append(operations: readonly Operation[]): Promise<void> {
    if (this.journal === null) throw new Error('The data folder is closed');
    const written = this.journal.append(encodeRecord(operations));
    if (this.journal.size > JOURNAL_BYTES_MAX) this.compact();
    await written;
  }

  /** Writes what waits and gives the folder back. Safe to call twice. */
  async close(): Promise<void> {
    const { journal } = this;
    if (journal === null) return;
    this.journal = null;
    await this.isCompacting;
    await journal.close();
    this.unlock();
  }

  private async load(): Promise<void> {
    const { snapshot, journals } = listFiles(this.path);
    if (snapshot !== null) this.readSnapshot(fileName('snapshot', snapshot));
    else if (journals.length > 0 && journals[0] !== 1) {
      throw new DamagedFolderError(
        `The folder ${this.path} has the journal ${fileName('journal', journals[0] ?? 0)} but not ` +
          'the snapshot that it continues. Restore the folder from a copy, or delete it to start ' +
          'with an empty database.',
      );
    }
    let goodBytes = 0;
    for (const [place, generation] of journals.entries()) {
      goodBytes = this.readJournal(fileName('journal', generation), place === journals.length - 1);
    }
    this.generation = journals.at(-1) ?? snapshot ?? 1;
    const file = join(this.path, fileName('journal', this.generation));
    this.journal = await Journal.open(file, goodBytes, this.onFault);
    syncFolder(this.path);
    this.removeOlder(snapshot ?? 0);
    if (goodBytes > JOURNAL_BYTES_AT_START_MAX) {
      this.compact();
      await this.isCompacting;
    }
  }

  private readSnapshot(name: string): void {
    const file = join(this.path, name);
    const bytes = readFileSync(file);
    let last: BsonDocument | undefined;
    const good = readRecords(bytes, file, (operations) => {
      for (const operation of operations) replayOperation(this.state, operation);
      last = operations.at(-1);
    });
    if (good === bytes.length && last?.['o'] === 'end') return;
    throw new DamagedFolderError(
      `The snapshot ${file} is cut off at byte ${good}. Restore the folder from a copy, or delete ` +
        'it to start with an empty database.',
    );
  }

  private readJournal(name: string, isLast: boolean): number {
    const file = join(this.path, name);
    const bytes = readFileSync(file);
    // A crash can leave a journal without its whole header: then nothing in it was acknowledged.
    if (
      isLast &&
      bytes.length < fileHeader().length &&
      fileHeader().subarray(0, bytes.length).equals(bytes)
    ) {
      return 0;
    }
    const good = readRecords(bytes, file, (operations) => {
      for (const operation of operations) replayOperation(this.state, operation);
    });
    if (good === bytes.length) return good;
    if (!isLast) {
      throw new DamagedFolderError(
        `The journal ${file} is cut off at byte ${good}, and a later one follows. Restore the ` +
          'folder from a copy, or delete it to start with an empty database.',
      );
    }
    this.log.warn(
      { file, keptBytes: good, droppedBytes: bytes.length - good },
      `The last write in ${file} was cut off by a crash and is dropped; it was never acknowledged`,
    );
    return good;
  }

  private compact(): void {
    this.isCompacting ??= this.writeSnapshot()
      .catch(this.onFault)
      .finally(() => {
        this.isCompacting = null;
      });
  }

  // The state is copied into records at one moment, in which no write can happen; from that moment
  // writes go to the next journal. Until the snapshot has its final name, a start reads both journals.
  private async writeSnapshot(): Promise<void> {
    const { journal } = this;
    if (journal === null) return;
    const generation = this.generation + 1;
    const next = await Journal.open(join(this.path, fileName('journal', generation)), 0, this.onFault);
    syncFolder(this.path);
    const records = this.snapshotRecords();
    this.journal = next;
    this.generation = generation;
    await journal.close();
    const name = join(this.path, fileName('snapshot', generation));
    const handle = openSync(`${name}.new`, 'w', 0o600);
    try {
      // It writes on where the system took a part only, as it may when the disk is nearly full.
      for (const record of records) writeFileSync(handle, record);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(`${name}.new`, name);
    syncFolder(this.path);
    this.removeOlder(generation);
    this.log.info({ generation }, 'The journal was folded into a snapshot');
  }

  private snapshotRecords(): Buffer[] {
    const records = [fileHeader()];
    let group: Operation[] = [];
    for (const operation of stateOperations(this.state)) {
      group.push(operation);
      if (group.length < OPERATIONS_PER_RECORD) continue;
      records.push(encodeRecord(group));
      group = [];
    }
    records.push(encodeRecord(group));
    return records;
  }

  private removeOlder(generation: number): void {
    for (const name of readdirSync(this.path)) {
      const match = FILE.exec(name);
      const isOld = match !== null && Number(match[2]) < generation;
      if (isOld || name.endsWith('.freehold.new')) rmSync(join(this.path, name), { force: true });
    }
  }
}
