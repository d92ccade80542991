import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { Logger } from 'pino';

import { ConfigError } from '../config/gateway-config.ts';
import { UsageCounts, type UsedOperation } from './count-usage.ts';
import { usageShape, type UsageFile } from './usage-file.ts';

/** Counts operations, and writes what was counted to a file for `freehold check`. */
export interface UsageRecorder {
  count(used: UsedOperation): void;
  /** Writes the file now. Never rejects: what fails is logged, and tried again at the next time. */
  write(): Promise<void>;
  /** Writes a last time, and stops. Safe to call twice. */
  close(): Promise<void>;
}

export interface UsageRecorderOptions {
  /** The file; what it holds already is added to. */
  readonly file: string;
  /** Clients that were last seen more days ago are left out. */
  readonly keepDays: number;
  readonly log: Logger;
}

/** How often the file is written, in milliseconds. */
const writeIntervalMs = 60_000;

/**
 * Starts to count. @throws {ConfigError} when there is a file that is no usage file: it is not for us to overwrite.
 */
export async function startUsageRecorder(options: UsageRecorderOptions): Promise<UsageRecorder> {
  const { file, keepDays, log } = options;
  const counts = new UsageCounts(Date.now(), await readUsageFile(file));
  let last: Promise<void> = Promise.resolve();
  const write = (): Promise<void> => {
    last = last.then(async () => {
      try {
        await replaceFile(file, `${JSON.stringify(counts.print(Date.now(), keepDays), undefined, 1)}\n`);
      } catch (error) {
        log.error({ err: error, file }, 'the usage file cannot be written');
      }
    });
    return last;
  };
  const timer = setInterval(() => void write(), writeIntervalMs);
  timer.unref();
  let closed: Promise<void> | undefined;
  return {
    count: (used) => {
      counts.count(used, Date.now());
    },
    write,
    close: () => {
      clearInterval(timer);
      return (closed ??= write());
    },
  };
}

async function readUsageFile(file: string): Promise<UsageFile | undefined> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new ConfigError(`The usage file ${file} cannot be read (${error.code ?? error.message}).`);
  });
  if (text === undefined) return undefined;
  try {
    return usageShape.parse(JSON.parse(text));
  } catch (error) {
    throw new ConfigError(
      `There is a file at ${file}, but it is no usage file; expected none, or one that a gateway wrote. Move it away, or name another.`,
      { cause: error },
    );
  }
}

/** A reader never sees half of it. */
async function replaceFile(file: string, text: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  const next = `${file}.${process.pid}.new`;
  await writeFile(next, text);
  await rename(next, file);
}
