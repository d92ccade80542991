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
        const differences: string[] = [];
        for (let seed = firstSeed; seed < firstSeed + operations; seed += 1) {
          const { difference } = await run.check(seed);
          if (difference)
            differences.push(`seed ${seed}: ${difference.problem}\n${difference.operation.query}`);
        }
        expect(differences).toEqual([]);
      } finally {
        await run.close();
      }
    }, 180_000);
  }
});
