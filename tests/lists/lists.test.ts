import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { ListRun, serviceNames } from './list-run.ts';
import { walkPages } from './walk-pages.ts';

/** What every test run can afford; `SEEDS=5000 FIRST_SEED=1 npx vitest run tests/lists` runs any number. */
const seeds = Number(process.env['SEEDS'] ?? 30);
const firstSeed = Number(process.env['FIRST_SEED'] ?? 1);
const problemsMax = 5;

describe.each(serviceNames)('the lists of %s', (name) => {
  let run: ListRun;

  beforeAll(async () => {
    run = await ListRun.start(name);
  });

  afterAll(async () => {
    await run?.close();
  });

  const findProblems = async (count: number, compare: (seed: number) => Promise<string | undefined>) => {
    const problems: string[] = [];
    for (let seed = firstSeed; seed < firstSeed + count && problems.length < problemsMax; seed += 1) {
      const problem = await compare(seed);
      if (problem !== undefined) problems.push(`seed ${seed}: ${problem}`);
    }
    return problems.join('\n\n');
  };

  test(`are what the rows say in ${seeds} random requests`, async () => {
    expect(await findProblems(seeds, (seed) => run.compareAnswer(seed))).toBe('');
  }, 3_600_000);

  const walks = Math.ceil(seeds / 10);
  test(`come whole and in order, page by page, in ${walks} walks`, async () => {
    expect(await findProblems(walks, (seed) => walkPages(run, seed))).toBe('');
  }, 3_600_000);
});
