import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { DatabaseError } from '../database-error.ts';
import { replaceFile } from '../replace-file.ts';

const shape = z.strictObject({
  admin: z.string().min(1),
  owner: z.string().min(1),
  service: z.string().min(1),
});

/** The passwords in `<folder>/credentials.json`. */
export type MongoCredentials = Readonly<z.infer<typeof shape>>;

function makePassword(): string {
  return randomBytes(24).toString('base64url');
}

async function readText(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}

/**
 * Reads the passwords of a folder (mode 0600), or makes them at the first start.
 *
 * @throws {DatabaseError} when the file is there but is not what was written.
 */
export async function loadCredentials(
  folder: string,
  service: string,
): Promise<{ readonly credentials: MongoCredentials; readonly areNew: boolean }> {
  const file = path.join(folder, 'credentials.json');
  const text = await readText(file);
  if (text !== null) {
    const { data } = shape.safeParse(parseJson(text));
    if (data !== undefined) return { credentials: data, areNew: false };
    throw new DatabaseError(
      `The passwords of the MongoDB of ${service} in ${file} cannot be read; expected a JSON object ` +
        'with admin, owner and service. Restore the file from a copy, or move the folder away and start again.',
    );
  }
  const credentials = { admin: makePassword(), owner: makePassword(), service: makePassword() };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await replaceFile(file, `${JSON.stringify(credentials, null, 2)}\n`);
  return { credentials, areNew: true };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
