// Bundles a TypeScript file that is no part of the build (a benchmark, the differential run) with esbuild into dist/.
// What it imports from the product comes from dist/, so that it is what users run.
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
