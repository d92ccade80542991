import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';

import type { DatabaseKind } from '../database.ts';
import type { MigrationFile } from './history.ts';
import { MigrationError } from './migration-error.ts';

const fileNames: Record<DatabaseKind, string> = { postgres: 'migration.sql', mongo: 'migration.json' };

/** Reads `<folder>/migrations`, ordered by name. No folder means no migrations. */
export async function readMigrations(folder: string, kind: DatabaseKind): Promise<MigrationFile[]> {
  const base = path.join(folder, 'migrations');
  const entries = await readdir(base, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return await Promise.all(
    names.sort().map(async (name) => {
      const file = path.join(base, name, fileNames[kind]);
      if (!/^\d{14}_./.test(name))
        throw new MigrationError(
          `${path.join(base, name)} is not a migration: expected a name such as 20260131120000_add_email.`,
        );
      const text = await readFile(file, 'utf8').catch((error: Error) => {
        throw new MigrationError(`The migration ${name} has no file ${file}: ${error.message}.`, {
          cause: error,
        });
      });
      return { name, file, text };
    }),
  );
}

/** Writes a new migration; its name must sort after all that exist, because that is the order of application. */
export async function writeMigration(
  folder: string,
  kind: DatabaseKind,
  existing: readonly MigrationFile[],
  migration: { readonly name: string; readonly text: string },
): Promise<string> {
  const last = existing.at(-1)?.name;
  if (last !== undefined && last >= migration.name)
    throw new MigrationError(
      `The new migration ${migration.name} would come before ${last}, which exists already. ` +
        'Check the clock of this machine.',
    );
  const place = path.join(folder, 'migrations', migration.name);
  const file = path.join(place, fileNames[kind]);
  await mkdir(place, { recursive: true });
  try {
    await writeFile(file, migration.text, { flag: 'wx' });
  } catch (error) {
    await rm(place, { recursive: true, force: true });
    throw error;
  }
  return file;
}

/** `20260131120000_add_email` from `Add e-mail` and a time. */
export function nameMigration(name: string, now: Date): string {
  const words = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '_')
    .replaceAll(/^_+|_+$/g, '');
  if (words === '' || words.length > 100)
    throw new MigrationError(
      `${JSON.stringify(name)} cannot name a migration: expected letters or digits, at most 100 characters.`,
    );
  return `${now.toISOString().replaceAll(/\D/g, '').slice(0, 14)}_${words}`;
}
