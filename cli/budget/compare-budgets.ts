import type { Budget, Budgets } from './budgets-file.ts';

/** One count that an operation has at one service. */
export interface BudgetLine {
  readonly operation: string;
  readonly service: string;
  readonly fetches: number;
  readonly fetchesBudget: number;
  /** Null when the service was asked and told nothing of its statements. */
  readonly statements: number | null;
  readonly statementsBudget: number;
}

/** What a measurement says about the budgets. */
export interface BudgetComparison {
  /** Where an operation needs more than it may, or nobody told what it needs. */
  readonly over: readonly BudgetLine[];
  /** Where it needs less: the budget could be lowered. */
  readonly under: readonly BudgetLine[];
  /** Operations that have no budget. */
  readonly unknown: readonly string[];
  /** Budgets of operations that there are no more. */
  readonly left: readonly string[];
}

/** Compares what operations needed with what they may need. `known` are all operations, those not measured too. */
export function compareBudgets(
  measured: Budgets,
  budgets: Budgets,
  known: readonly string[],
): BudgetComparison {
  const lines = Object.entries(measured).flatMap(([operation, needed]) => {
    const budget = budgets[operation];
    return budget === undefined ? [] : listLines(operation, needed, budget);
  });
  return {
    over: lines.filter(
      (line) => line.fetches > line.fetchesBudget || isOver(line.statements, line.statementsBudget),
    ),
    under: lines.filter(
      (line) => line.fetches < line.fetchesBudget || (line.statements ?? Infinity) < line.statementsBudget,
    ),
    unknown: Object.keys(measured).filter((operation) => budgets[operation] === undefined),
    left: Object.keys(budgets).filter((operation) => !known.includes(operation)),
  };
}

function listLines(operation: string, needed: Budget, budget: Budget): BudgetLine[] {
  const services = new Set(
    [needed, budget].flatMap(({ fetches, statements }) => [
      ...Object.keys(fetches),
      ...Object.keys(statements),
    ]),
  );
  return [...services].sort().map((service) => ({
    operation,
    service,
    fetches: needed.fetches[service] ?? 0,
    fetchesBudget: budget.fetches[service] ?? 0,
    statements: needed.statements[service] ?? ((needed.fetches[service] ?? 0) > 0 ? null : 0),
    statementsBudget: budget.statements[service] ?? 0,
  }));
}

/** Prints lines as a table: what was needed, and what the budget is. */
export function printBudgetLines(lines: readonly BudgetLine[]): string {
  const rows = [
    ['operation', 'service', 'fetches', 'budget', 'statements', 'budget'],
    ...lines.map((line) => [
      line.operation,
      line.service,
      mark(line.fetches, line.fetchesBudget),
      String(line.fetchesBudget),
      line.statements === null ? '> not told' : mark(line.statements, line.statementsBudget),
      String(line.statementsBudget),
    ]),
  ];
  const widths = [0, 1, 2, 3, 4, 5].map((column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  );
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column < 2 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0),
        )
        .join('  '),
    )
    .map((row) => `  ${row}`.trimEnd())
    .join('\n');
}

function isOver(statements: number | null, budget: number): boolean {
  return statements === null ? budget > 0 : statements > budget;
}

function mark(count: number, budget: number): string {
  return count > budget ? `> ${count}` : String(count);
}
