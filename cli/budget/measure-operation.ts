import { askForTrace, printErrors } from '../explain/ask-for-trace.ts';
import { OperationRefused } from '../explain/explain-error.ts';
import { BudgetError } from './budget-error.ts';
import type { Budget } from './budgets-file.ts';
import type { BudgetOperation } from './load-budget-operations.ts';

/**
 * Runs an operation and counts what it needs.
 *
 * @throws {BudgetError} when it is refused, or its answer has errors: then it counts less.
 * @throws {ExplainError} when there is no gateway that explains.
 */
export async function measureOperation(
  url: string,
  operation: BudgetOperation,
  headers: Readonly<Record<string, string>> = {},
): Promise<Budget> {
  const { query, variables, name, file } = operation;
  const { report, errors } = await askForTrace(url, { query, variables, headers }).catch((error: unknown) => {
    throw error instanceof OperationRefused
      ? new BudgetError(`${name} (${file}): ${error.message}`, { cause: error })
      : error;
  });
  if (errors.length > 0)
    throw new BudgetError(
      `${name} (${file}) was answered with errors, so its counts say nothing:\n${printErrors(errors)}`,
    );
  const services = Object.entries(report.totals.services);
  return {
    fetches: Object.fromEntries(services.map(([service, { fetches }]) => [service, fetches])),
    statements: Object.fromEntries(
      services.flatMap(([service, { statements }]) => (statements === null ? [] : [[service, statements]])),
    ),
  };
}
