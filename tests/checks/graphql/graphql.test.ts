import { expect, test } from 'vitest';

import { findDisagreements } from './graphql-run.ts';

/** What every test run can afford; `SEEDS=5000 FIRST_SEED=1 npx vitest run tests/checks/graphql` runs any number. */
const seeds = Number(process.env['SEEDS'] ?? 20);
const firstSeed = Number(process.env['FIRST_SEED'] ?? 1);

test(`of ${seeds} seeds break the operations that the check names, and no others`, async () => {
  const problems: string[] = [];
  for (
    let seed = firstSeed;
    seed < firstSeed + seeds && problems.length < Number(process.env['LIMIT'] ?? 12);
    seed += 1
  ) {
    const found = await findDisagreements(seed);
    problems.push(...found.map(({ problem, evidence }) => `seed ${seed}: ${problem}\n${evidence}`));
  }
  expect(problems.join('\n\n')).toBe('');
}, 3_600_000);
