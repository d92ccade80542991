// Runs a TypeScript file that is no part of the build (a benchmark, the differential run): builds the product when it is
// not built, bundles the file and imports it.
import { spawnSync } from 'node:child_process';
import path from 'node:path';

import { bundleTypeScript } from './bundle-typescript.mjs';

const root = path.resolve(import.meta.dirname, '..');

// `--built`: the caller has built, and starts many.
const isBuilt = process.argv[2] === '--built';
const [entry, ...args] = process.argv.slice(isBuilt ? 3 : 2);
if (!entry) {
  console.error('run-typescript: expected the path of a TypeScript file from the root');
  process.exit(2);
}
if (!isBuilt) {
  const build = [path.join(root, 'scripts/build.mjs'), '--if-changed'];
  const { status } = spawnSync(process.execPath, build, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
process.argv.splice(1, process.argv.length - 1, path.join(root, entry), ...args);
process.chdir(root);
await import(await bundleTypeScript(entry));
