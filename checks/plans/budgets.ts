import { z } from 'zod';

import { CheckError } from '../check-error.ts';
import { printProblems } from '../project/print-problems.ts';
import { parseJson, type Snapshot } from '../project/snapshot.ts';

/** Where budgets stand; the file need not exist. */
export const budgetsFile = 'operations/budgets.json';

const counts = z.record(z.string(), z.int().min(0));
const budgetsShape = z.record(
  z.string(),
  z.object({ fetches: counts.default({}), statements: counts.default({}) }),
);

/** How often an operation may ask each service, and how many statements each service may run for it. */
export type Budgets = z.infer<typeof budgetsShape>;

/** Reads the budgets of one side; @throws {CheckError} when the file is bad. */
export function loadBudgets(snapshot: Snapshot): Budgets {
  const text = snapshot.files.get(budgetsFile);
  if (text === undefined) return {};
  const parsed = budgetsShape.safeParse(parseJson(text, `${snapshot.label}: ${budgetsFile}`));
  if (parsed.success) return parsed.data;
  throw new CheckError(
    `${snapshot.label}: ${budgetsFile} cannot be used:\n${printProblems(parsed.error.issues)}`,
  );
}
