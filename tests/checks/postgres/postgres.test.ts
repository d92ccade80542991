import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { MigrationRun } from './migration-run.ts';
import { findFalseSilence } from './verdict-run.ts';

/** What every test run can afford; `SEEDS=5000 FIRST_SEED=1 npx vitest run tests/checks/postgres` runs any number. */
const seeds = Number(process.env['SEEDS'] ?? 60);
const firstSeed = Number(process.env['FIRST_SEED'] ?? 1);

let run: MigrationRun;
let reason = '';

beforeAll(async () => {
  try {
    run = await MigrationRun.start();
  } catch (error) {
    reason = `no embedded PostgreSQL: ${error instanceof Error ? error.message : String(error)}`;
  }
});

afterAll(async () => {
  if (reason === '') await run.close();
});

describe('random migrations', () => {
  test(`of ${seeds} seeds make in the model what they make in PostgreSQL`, async (context) => {
    if (reason !== '') context.skip(reason);
    const differences: string[] = [];
    for (let seed = firstSeed; seed < firstSeed + seeds && differences.length < 12; seed += 1) {
      const difference = await run.compareModel(seed);
      if (difference !== undefined)
        differences.push(`seed ${seed}: ${difference.problem}\n${difference.statements.join(';\n')}`);
    }
    expect(differences.join('\n\n')).toBe('');
  }, 3_600_000);

  test(`of ${seeds} seeds run and leave the version before running where nothing is said of them`, async (context) => {
    if (reason !== '') context.skip(reason);
    const silences: string[] = [];
    for (let seed = firstSeed; seed < firstSeed + seeds && silences.length < 12; seed += 1)
      for (const { problem, statements } of await findFalseSilence(run, seed))
        silences.push(`seed ${seed}: ${problem}\n${statements.join(';\n')}`);
    expect(silences.join('\n\n')).toBe('');
  }, 3_600_000);
});
