import { describe, expect, test } from 'vitest';

import { DifferentialRun } from './differential-run.ts';
import { benchmarkGraph } from './graphs/benchmark.ts';
import { hardGraph } from './graphs/hard.ts';

/** `npm run differential` runs any number; this is what every test run can afford. */
const operationsByGraph = [
  { graph: hardGraph, operations: 200 },
  { graph: benchmarkGraph, operations: 200 },
];
const firstSeed = 1;

describe('random operations', () => {
  for (const { graph, operations } of operationsByGraph) {
    test(`${operations} on the ${graph.name} graph are answered alike by both engines and a plain schema`, async () => {
      const run = await DifferentialRun.start(graph);
      try {
        for (let seed = firstSeed; seed < firstSeed + operations; seed += 1) await run.check(seed);
        console.log(run.report.knownFaults);
        expect(
          run.report.differences
            .map((d) =>
              [
                d.seed,
                d.problem,
                d.operation.query,
                JSON.stringify(d.operation.variables),
                ...Object.entries(d.answers).map(([k, v]) => `${k} ${JSON.stringify(v)}`.slice(0, 500)),
              ].join('\n'),
            )
            .slice(0, 7),
        ).toEqual([]);
      } finally {
        await run.close();
      }
    });
  }
});
