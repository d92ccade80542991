// `npm run build`: generate the Prisma clients, compile TypeScript to dist/, bundle the GraphiQL page.
// `--if-changed` does nothing when no input is newer than the last build; `--clients` generates the clients alone. Plain JavaScript, because it runs
// before anything is compiled.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');
process.chdir(root);

const sourceFolders = [
  'checks',
  'cli',
  'databases',
  'gateway',
  'prisma',
  'subgraphs',
  'telemetry',
  'scripts',
];
const sourceFiles = [
  'operations/sample.graphql',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'tsconfig.build.json',
];
const stampFile = 'dist/.build-stamp';

function listFiles(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    // prisma/*/client is an output; a test is compiled by vitest alone.
    if (entry.isDirectory())
      return entry.name === 'client' && folder.startsWith('prisma') ? [] : listFiles(file);
    return entry.name.endsWith('.test.ts') ? [] : [file];
  });
}

function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function run(what, command, args, env = {}) {
  const result = spawnSync(path.join('node_modules', '.bin', command), args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error?.message ?? ''}\n`);
  console.error(`build: ${what} failed (${command} ${args.join(' ')})`);
  process.exit(1);
}

/** Prisma generates with WASM alone, but wants to see an engine file first; any existing file will do. */
function generatePrismaClients() {
  for (const name of existsSync('prisma') ? readdirSync('prisma') : []) {
    const schema = path.join('prisma', name, 'schema.prisma');
    if (!existsSync(schema)) continue;
    const stamp = path.join('prisma', name, 'client', '.stamp');
    const current = fingerprint([schema, 'package-lock.json']);
    if (existsSync(stamp) && readFileSync(stamp, 'utf8') === current) continue;
    run(`the Prisma client of ${name}`, 'prisma', ['generate', '--schema', schema, '--no-hints'], {
      PRISMA_SCHEMA_ENGINE_BINARY: path.join(root, schema),
      PRISMA_HIDE_UPDATE_MESSAGE: '1',
      CHECKPOINT_DISABLE: '1',
    });
    writeFileSync(stamp, current);
  }
}

/** The bundle takes longer than everything else, and its inputs seldom change. */
async function bundlePage() {
  const pageStamp = 'dist/graphiql/.stamp';
  const inputs = [
    ...listFiles('gateway/http/graphiql/page'),
    'operations/sample.graphql',
    'package-lock.json',
  ];
  const current = fingerprint([...inputs, 'scripts/bundle-graphiql.mjs']);
  if (existsSync(pageStamp) && readFileSync(pageStamp, 'utf8') === current) return;
  const { bundleGraphiql } = await import('./bundle-graphiql.mjs');
  await bundleGraphiql();
  writeFileSync(pageStamp, current);
}

/**
 * `npx freehold` finds the command here at once. A `bin` entry in package.json would make npx install the checkout
 * into its own cache first, on every call.
 */
function linkCommand() {
  const link = 'node_modules/.bin/freehold';
  if (
    process.platform === 'win32' ||
    !existsSync('node_modules/.bin') ||
    lstatSync(link, { throwIfNoEntry: false })
  )
    return;
  symlinkSync('../../bin/freehold.js', link);
}

linkCommand();
const inputs = [...sourceFolders.flatMap(listFiles), ...sourceFiles.filter((file) => existsSync(file))];
const current = fingerprint(inputs);
if (process.argv.includes('--clients')) {
  generatePrismaClients();
  process.exit(0);
}
const isFresh = existsSync(stampFile) && readFileSync(stampFile, 'utf8') === current;
if (!(process.argv.includes('--if-changed') && isFresh)) {
  const started = performance.now();
  generatePrismaClients();
  run('the compiler', 'tsc', ['-p', 'tsconfig.build.json']);
  await bundlePage();
  writeFileSync(stampFile, current);
  console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
