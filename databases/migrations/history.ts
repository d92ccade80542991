import { createHash } from 'node:crypto';

import { MigrationError } from './migration-error.ts';

/** A migration of the folder. */
export interface MigrationFile {
  /** `<yyyymmddhhmmss>_<name>` */
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** A row of `_prisma_migrations`, or a document of `_freehold_migrations`, which has the same fields. */
export interface MigrationRecord {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
  readonly rolled_back_at: Date | null;
  readonly logs: string | null;
}

/** Folder and database side by side, in the order of the names. */
export interface History {
  readonly applied: readonly string[];
  readonly pending: readonly MigrationFile[];
  readonly edited: readonly string[];
  readonly failed: readonly MigrationRecord[];
  readonly unknown: readonly string[];
}

/** SHA-256 of the text, as Prisma records it. */
export function computeChecksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Compares what should have been applied with what was. Rolled back records count for nothing. */
export function compareHistory(
  files: readonly MigrationFile[],
  records: readonly MigrationRecord[],
): History {
  const valid = records.filter((record) => record.rolled_back_at === null);
  const finished = new Map(
    valid.filter((record) => record.finished_at !== null).map((record) => [record.migration_name, record]),
  );
  const known = new Set(files.map((file) => file.name));
  return {
    applied: files.filter((file) => finished.has(file.name)).map((file) => file.name),
    pending: files.filter((file) => !finished.has(file.name)),
    edited: files
      .filter((file) => {
        const record = finished.get(file.name);
        return record !== undefined && !hasChecksum(file.text, record.checksum);
      })
      .map((file) => file.name),
    failed: valid.filter((record) => record.finished_at === null && !finished.has(record.migration_name)),
    unknown: [...finished.keys()].filter((name) => !known.has(name)).sort(),
  };
}

/** A checkout may change line ends; Prisma takes both for the same migration. */
function hasChecksum(text: string, checksum: string): boolean {
  const unix = text.replaceAll('\r\n', '\n');
  return [text, unix, unix.replaceAll('\n', '\r\n')].some((variant) => computeChecksum(variant) === checksum);
}

/** @throws {MigrationError} when an applied migration was changed afterwards. */
export function refuseEdited(history: History, service: string, folder: string): void {
  if (history.edited.length === 0) return;
  throw new MigrationError(
    `${service}: changed after they were applied to the database: ${history.edited.join(', ')}. ` +
      `What is applied stays as it is: restore the files in ${folder} and write a new migration instead ` +
      `(npx freehold migrate new ${service} NAME).`,
  );
}
