import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import { BudgetError } from './budget-error.ts';

/** Where the budgets of a project stand, from its root. */
export const budgetsFile = path.join('operations', 'budgets.json');

const counts = z.record(z.string(), z.int().min(0));
const shape = z.record(z.string(), z.strictObject({ fetches: counts, statements: counts }));

/** What one operation may need: requests to each service, and statements of each. A service that is not named: none. */
export interface Budget {
  readonly fetches: Readonly<Record<string, number>>;
  readonly statements: Readonly<Record<string, number>>;
}

/** Budgets by operation name. */
export type Budgets = Readonly<Record<string, Budget>>;

/** Reads the budgets; none where there is no file. @throws {BudgetError} when the file is bad. */
export async function readBudgets(root: string): Promise<Budgets> {
  const file = path.join(root, budgetsFile);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{}';
    throw new BudgetError(`Cannot read ${file}: ${error.code ?? error.message}.`, { cause: error });
  });
  const parsed = shape.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`);
  throw new BudgetError(`${file} cannot be used:\n${problems.join('\n')}`);
}

/** Writes the budgets, sorted, so that a change of one is a change of its lines alone. */
export async function writeBudgets(root: string, budgets: Budgets): Promise<void> {
  const sorted = sortKeys(budgets, ({ fetches, statements }) => ({
    fetches: sortKeys(fetches, (count) => count),
    statements: sortKeys(statements, (count) => count),
  }));
  await writeFile(path.join(root, budgetsFile), `${JSON.stringify(sorted, null, 2)}\n`);
}

function sortKeys<In, Out>(
  record: Readonly<Record<string, In>>,
  map: (value: In) => Out,
): Record<string, Out> {
  const entries = Object.entries(record).sort(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, value]) => [key, map(value)]));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BudgetError(`${file} is not JSON: ${error instanceof Error ? error.message : error}.`, {
      cause: error,
    });
  }
}
