import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

let known: string | undefined;

/** The folder of the package that this file belongs to, whether it runs from the sources or from dist/. */
export function findProjectRoot(): string {
  if (known !== undefined) return known;
  let folder = import.meta.dirname;
  while (!isProjectRoot(folder)) {
    const parent = path.dirname(folder);
    if (parent === folder) throw new Error(`No package.json of freehold above ${import.meta.dirname}.`);
    folder = parent;
  }
  known = folder;
  return folder;
}

function isProjectRoot(folder: string): boolean {
  const file = path.join(folder, 'package.json');
  return (
    existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'freehold'
  );
}
