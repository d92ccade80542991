// `npm run check`: format, lint and types, in the order of what is cheapest to mend. Import boundaries are
// lint's cycles here and tests/boundaries for the directions.
import { spawnSync } from 'node:child_process';

const steps = [
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['lint', ['oxlint', '--type-aware', '--quiet']],
  ['types', ['tsc', '--noEmit', '--incremental', 'false']],
  ['types of the page', ['tsc', '-p', 'gateway/http/graphiql/page']],
  ['boundaries', ['vitest', 'run', 'tests/boundaries', '--reporter=dot']],
];

// The types of the services' queries are in the Prisma clients, which are generated and not in git.
const clients = spawnSync(process.execPath, ['scripts/build.mjs', '--clients'], { stdio: 'inherit' });
if (clients.status !== 0) process.exit(1);

for (const [name, [command, ...args]] of steps) {
  const started = performance.now();
  const { status } = spawnSync(`node_modules/.bin/${command}`, args, { stdio: 'inherit' });
  if (status !== 0) {
    console.error(`check: ${name} failed (${command} ${args.join(' ')})`);
    process.exit(1);
  }
  console.log(`check: ${name} ok, ${((performance.now() - started) / 1000).toFixed(1)} s`);
}
