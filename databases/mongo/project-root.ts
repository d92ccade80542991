import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder with `bin/freehold.js`: this file runs from the sources and, compiled, from `dist/`. */
export function findProjectRoot(): string {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  while (!existsSync(path.join(folder, 'bin', 'freehold.js'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error('No folder above this file has bin/freehold.js');
    folder = parent;
  }
  return folder;
}
