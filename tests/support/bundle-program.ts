import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';

import { build } from 'esbuild';

/** A TypeScript source made into a program that plain Node runs, for tests that need a process to kill. */
export interface BundledProgram {
  readonly file: string;
  remove(): Promise<void>;
}

/** Bundles `source`; packages are loaded from this repository's node_modules. */
export async function bundleProgram(source: string): Promise<BundledProgram> {
  // Inside the repository, because that is where Node looks for node_modules; ignored by git.
  const root = path.resolve(import.meta.dirname, '../..');
  const file = path.join(root, '.freehold', 'programs', `${randomUUID()}.mjs`);
  await build({
    entryPoints: [source],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    logLevel: 'error',
  });
  return {
    file,
    async remove() {
      await rm(file, { force: true });
    },
  };
}
