import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { isRunning, readProcessIdentity } from './process-identity.ts';
import { replaceFile } from './replace-file.ts';

/** The ways into a database that some process has open. */
export interface RunningFile {
  /** The process that opened it. */
  readonly pid: number;
  readonly url: string;
  readonly ownerUrl: string;
}

const shape = z.object({
  pid: z.int().positive(),
  startedAt: z.string(),
  url: z.string(),
  ownerUrl: z.string(),
});

const fileOf = (folder: string): string => path.join(folder, 'running.json');

/**
 * Writes `<folder>/running.json` (mode 0600) in the name of this process, so that other commands use the
 * database that is open instead of opening it again.
 */
export async function writeRunningFile(
  folder: string,
  database: { readonly url: string; readonly ownerUrl: string },
): Promise<void> {
  const self = await readProcessIdentity(process.pid);
  const { url, ownerUrl } = database;
  const startedAt = self?.startedAt ?? '';
  await replaceFile(fileOf(folder), JSON.stringify({ pid: process.pid, startedAt, url, ownerUrl }, null, 2));
}

/** The database of this folder that is open now; undefined when there is none or its process has ended. */
export async function readRunningFile(folder: string): Promise<RunningFile | undefined> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(fileOf(folder), 'utf8'));
  } catch {
    // Missing or not readable as JSON: either way nobody tells of an open database.
    return undefined;
  }
  const { data } = shape.safeParse(json);
  if (!data || !(await isRunning(data))) return undefined;
  return { pid: data.pid, url: data.url, ownerUrl: data.ownerUrl };
}

/** Safe to call twice. */
export async function removeRunningFile(folder: string): Promise<void> {
  await rm(fileOf(folder), { force: true });
}
