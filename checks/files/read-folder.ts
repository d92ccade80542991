import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';

import { CheckError } from '../check-error.ts';
import { isSkippedFolder, type FileTree } from './file-tree.ts';

/** Reads the wanted files of a folder; @throws {CheckError} when it is no folder. */
export async function readFolder(
  root: string,
  label: string,
  isWanted: (file: string) => boolean,
): Promise<FileTree> {
  const found = await stat(root).catch(() => undefined);
  if (!found?.isDirectory()) throw new CheckError(`Cannot read ${root}: expected a folder.`);
  const files = new Map<string, string>();
  await readInto(files, root, '', isWanted);
  return { label, files };
}

async function readInto(
  files: Map<string, string>,
  root: string,
  folder: string,
  isWanted: (file: string) => boolean,
): Promise<void> {
  const entries = await readdir(path.join(root, folder), { withFileTypes: true });
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const file = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      if (!isSkippedFolder(entry.name)) await readInto(files, root, file, isWanted);
    } else if (entry.isFile() && isWanted(file))
      files.set(file, await readFile(path.join(root, file), 'utf8'));
  }
}
