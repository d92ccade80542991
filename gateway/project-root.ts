import { existsSync } from 'node:fs';
import path from 'node:path';

/** The folder with `bin/freehold.js`: this file runs from the sources and, compiled, from `dist/`. */
export function findProjectRoot(): string {
  let folder = import.meta.dirname;
  while (!existsSync(path.join(folder, 'bin', 'freehold.js'))) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No folder above ${import.meta.dirname} has bin/freehold.js.`);
    folder = parent;
  }
  return folder;
}
