import { describe, expect, test } from 'vitest';

import { DifferentialRun } from './differential-run.ts';
import { differentialGraphs } from './graphs/all-graphs.ts';

/** What every test run can afford; `npm run differential` runs any number from any seed. */
const operationsInAll = 500;
const firstSeed = 1;

describe('random operations', () => {
  for (const graph of differentialGraphs) {
    const operations = Math.ceil(operationsInAll / differentialGraphs.length);
    test(`${operations} on the ${graph.name} graph have one answer from both engines and a plain schema`, async () => {
      const run = await DifferentialRun.start(graph);
      try {
        for (let seed = firstSeed; seed < firstSeed + operations; seed += 1) await run.check(seed);
        const differences = run.report.differences.map(
          ({ seed, problem, operation }) => `seed ${seed}: ${problem}\n${operation.query}`,
        );
        expect(differences).toEqual([]);
        expect(run.report.operations).toBe(operations);
      } finally {
        await run.close();
      }
    }, 180_000);
  }
});
