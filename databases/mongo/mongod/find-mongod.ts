import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';

import { DatabaseError } from '../../database-error.ts';

/** Where a mongod may come from. */
export type MongodChoice =
  /** PATH, then the cache of mongodb-memory-server; none is no fault. */
  | { readonly kind: 'any' }
  /** As above, and else downloaded. */
  | { readonly kind: 'download' }
  /** Never: the development server. */
  | { readonly kind: 'development' }
  | { readonly kind: 'file'; readonly file: string };

/** A mongod that answered with its version. */
export interface Mongod {
  readonly program: string;
  readonly version: string;
}

/**
 * Reads `FREEHOLD_MONGOD`: unset, `download`, `development` or the path of a mongod.
 *
 * @throws {DatabaseError} for anything else.
 */
export function parseMongodChoice(value: string | undefined): MongodChoice {
  if (value === undefined || value === '') return { kind: 'any' };
  if (value === 'download' || value === 'development') return { kind: value };
  if (path.isAbsolute(value)) return { kind: 'file', file: value };
  throw new DatabaseError(
    `FREEHOLD_MONGOD is "${value}"; expected download, development, or the absolute path of a mongod.`,
  );
}

async function isProgram(file: string): Promise<boolean> {
  return await access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function findOnPath(searchPath: string): Promise<string | undefined> {
  for (const folder of searchPath.split(path.delimiter)) {
    if (folder === '') continue;
    const file = path.join(folder, process.platform === 'win32' ? 'mongod.exe' : 'mongod');
    if (await isProgram(file)) return file;
  }
  return undefined;
}

async function findInCache(): Promise<string | undefined> {
  const { DryMongoBinary } = await import('mongodb-memory-server-core/lib/util/DryMongoBinary.js');
  try {
    return await DryMongoBinary.locateBinary(DryMongoBinary.getEnsuredOptions());
  } catch {
    // A system for which there is no mongod.
    return undefined;
  }
}

async function download(): Promise<string> {
  const { MongoBinary } = await import('mongodb-memory-server-core/lib/util/MongoBinary.js');
  try {
    return await MongoBinary.getPath();
  } catch (error) {
    throw new DatabaseError(
      `mongod cannot be downloaded: ${error instanceof Error ? error.message : String(error)}. ` +
        'Install MongoDB, or unset FREEHOLD_MONGOD to use the development server.',
      { cause: error },
    );
  }
}

/** Asks a mongod for its version, so that a broken one is found before it is given a folder. */
async function askVersion(program: string): Promise<Mongod> {
  try {
    const { stdout } = await promisify(execFile)(program, ['--version'], { timeout: 10_000 });
    const version = /db version v(\d+\.\d+\.\d+)/.exec(stdout)?.[1];
    if (version === undefined) throw new Error(`it says "${stdout.slice(0, 80).trim()}"`);
    return { program, version };
  } catch (error) {
    throw new DatabaseError(
      `${program} is no mongod that works: ${error instanceof Error ? error.message.trim() : String(error)}. ` +
        'Mend it, or set FREEHOLD_MONGOD=development to use the development server.',
      { cause: error },
    );
  }
}

/**
 * Finds the mongod that is to be used; undefined when there is none and none was asked for.
 *
 * @throws {DatabaseError} when the one that was asked for is missing, and when the one found is broken.
 */
export async function findMongod(choice: MongodChoice, searchPath: string): Promise<Mongod | undefined> {
  if (choice.kind === 'development') return undefined;
  if (choice.kind === 'file') {
    if (await isProgram(choice.file)) return await askVersion(choice.file);
    throw new DatabaseError(`FREEHOLD_MONGOD names ${choice.file}, which is not there or may not be run.`);
  }
  const found = (await findOnPath(searchPath)) ?? (await findInCache());
  if (found !== undefined) return await askVersion(found);
  return choice.kind === 'download' ? await askVersion(await download()) : undefined;
}
