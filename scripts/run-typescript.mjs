// Runs a TypeScript file that is no part of the build (a benchmark, the differential run): bundles it with esbuild into
// dist/ and imports it. What it imports from the product comes from dist/, built first, so that it is what users run.
import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

import { build } from 'esbuild';

const root = path.resolve(import.meta.dirname, '..');
const builtFolders = ['checks', 'cli', 'databases', 'gateway', 'prisma', 'subgraphs'];

/** Leaves the product out of the bundle: its files find each other, and start workers, by their place in dist/. */
const productFromDist = {
  name: 'product-from-dist',
  setup(bundle) {
    bundle.onResolve({ filter: /^\./ }, ({ path: target, resolveDir }) => {
      const file = path.relative(root, path.resolve(resolveDir, target));
      if (!builtFolders.includes(file.split(path.sep)[0])) return undefined;
      const built = path.join(root, 'dist', file.replace(/\.ts$/, '.js'));
      return { path: pathToFileURL(built).href, external: true };
    });
  },
};

/** Bundles `entry` (from the root) and answers the URL of the module to import. */
export async function bundleTypeScript(entry) {
  const outfile = path.join(root, 'dist', '.run', entry.replace(/\.ts$/, '.mjs'));
  mkdirSync(path.dirname(outfile), { recursive: true });
  // Several processes may bundle the same file at once, and none is to import what another has half written.
  const ownFile = `${outfile}.${process.pid}`;
  await build({
    entryPoints: [path.join(root, entry)],
    outfile: ownFile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    logLevel: 'warning',
    plugins: [productFromDist],
  });
  renameSync(ownFile, outfile);
  return pathToFileURL(outfile).href;
}

if (process.argv[1] === import.meta.filename) {
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
}
