// Bundles the GraphiQL page and Monaco's workers to dist/graphiql, where the gateway serves them from: the page then
// works without the internet.
import { copyFile, mkdir, readFile } from 'node:fs/promises';

import { build } from 'esbuild';

const page = 'gateway/http/graphiql/page';
const out = 'dist/graphiql';

export async function bundleGraphiql() {
  await mkdir(out, { recursive: true });
  const shared = {
    bundle: true,
    format: 'esm',
    target: 'es2022',
    minify: true,
    outdir: out,
    logLevel: 'warning',
    entryNames: '[name]',
    assetNames: '[name]-[hash]',
    loader: { '.ttf': 'file', '.woff2': 'file', '.svg': 'file' },
  };
  await Promise.all([
    build({
      ...shared,
      entryPoints: [`${page}/main.tsx`],
      jsx: 'automatic',
      publicPath: '/graphiql',
      define: {
        'process.env.NODE_ENV': '"production"',
        SAMPLE_OPERATION: JSON.stringify(await readFile('operations/sample.graphql', 'utf8')),
        SIGNED_IN_OPERATION: JSON.stringify(await readFile('operations/me.graphql', 'utf8')),
      },
    }),
    build({
      ...shared,
      entryPoints: {
        'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
        'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
        'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
      },
      define: { 'process.env.NODE_ENV': '"production"' },
    }),
    copyFile(`${page}/index.html`, `${out}/index.html`),
  ]);
}
