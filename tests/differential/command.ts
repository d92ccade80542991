import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';

import { checkSeeds } from './check-seeds.ts';
import type { Difference } from './differential-run.ts';
import { differentialGraphs } from './graphs/all-graphs.ts';

/** `npm run differential -- --count N --seed S --graph NAME`: N operations in all, seeds from S on. */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    graph: { type: 'string' },
  },
});

function parseWhole(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new Error(`--${name} "${text}": expected a whole number from 1 on`);
  }
  return value;
}

/** Keeps a difference where it can be looked at and run again. */
function save({ graph, seed, problem, operation, answers }: Difference): string {
  const folder = path.resolve('tests/differential/found');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${graph}-${seed}.md`);
  const json = (value: unknown): string => `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\`\n`;
  const parts = [
    `# ${graph}, seed ${seed}: ${problem}\n`,
    `Again: \`npm run differential -- --graph ${graph} --count 1 --seed ${seed}\`\n`,
    `\`\`\`graphql\n${operation.query}\n\`\`\`\n`,
    json(operation.variables),
    ...Object.entries(answers).flatMap(([side, answer]) => [`## ${side}\n`, json(answer)]),
  ];
  writeFileSync(file, parts.join('\n'));
  return path.relative('.', file);
}

const count = parseWhole('count', values.count);
const firstSeed = parseWhole('seed', values.seed);
const graphs = differentialGraphs.filter(({ name }) => values.graph === undefined || values.graph === name);
if (graphs.length === 0) {
  const names = differentialGraphs.map(({ name }) => name).join(', ');
  throw new Error(`--graph "${values.graph}": expected one of ${names}`);
}

// By its place: bundled with this file, the script would look for the root from there.
const script = pathToFileURL(path.resolve('scripts/bundle-typescript.mjs')).href;
const { bundleTypeScript } = (await import(script)) as {
  readonly bundleTypeScript: (entry: string) => Promise<string>;
};
const program = new URL(await bundleTypeScript('tests/differential/differential-thread.ts'));
let differences = 0;
for (const graph of graphs) {
  const started = performance.now();
  const operations = Math.ceil(count / graphs.length);
  const report = await checkSeeds({ graph: graph.name, first: firstSeed, count: operations, program });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${graph.name}: ${report.operations} operations in ${seconds} s`);
  for (const [name, times] of Object.entries(report.knownFaults)) console.log(`  ${times} times: ${name}`);
  for (const difference of report.differences) {
    console.log(`  DIFFERENT, seed ${difference.seed}: ${difference.problem}: ${save(difference)}`);
  }
  differences += report.differences.length;
}
console.log(`${differences} differences`);
process.exitCode = differences === 0 ? 0 : 1;
