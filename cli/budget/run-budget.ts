import { findGatewayUrl } from '../explain/run-explain.ts';
import { type Project, loadProject } from '../project.ts';
import { signIn } from '../sign-in.ts';
import { BudgetError } from './budget-error.ts';
import { budgetsFile, readBudgets, writeBudgets, type Budget, type Budgets } from './budgets-file.ts';
import { compareBudgets, printBudgetLines } from './compare-budgets.ts';
import { loadBudgetOperations, type BudgetOperation } from './load-budget-operations.ts';
import { measureOperation } from './measure-operation.ts';

export interface RunBudgetOptions {
  /** Write down what was measured instead of comparing. */
  readonly isUpdate: boolean;
  /** Run mutations too, which write to the databases. */
  readonly withMutations: boolean;
  /** Where the gateway answers; undefined for this machine at the project's port. */
  readonly url: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** Measures the known operations and compares them with their budgets. @throws {BudgetError} when one needs more. */
export async function runBudget(options: RunBudgetOptions): Promise<void> {
  const project = await loadProject();
  const { root } = project;
  const url = options.url ?? (await findGatewayUrl());
  const operations = await loadBudgetOperations(root);
  const { run, notRun } = choose(operations, options.withMutations);
  const measured = await measureAll(url, run, (operation) => signInTo(project, operation, options.headers));
  if (notRun.length > 0)
    console.log(
      `Not run, because they write (--mutations runs them): ${notRun.map(({ name }) => name).join(', ')}.`,
    );
  const budgets = await readBudgets(root);
  const names = operations.map(({ name }) => name);
  if (options.isUpdate) await update(root, names, budgets, measured);
  else report(compareBudgets(measured, budgets, names), run.length);
}

function choose(
  operations: readonly BudgetOperation[],
  withMutations: boolean,
): { run: readonly BudgetOperation[]; notRun: readonly BudgetOperation[] } {
  const isRun = ({ kind }: BudgetOperation): boolean =>
    kind === 'query' || (kind === 'mutation' && withMutations);
  return {
    run: operations.filter(isRun),
    notRun: operations.filter((operation) => operation.kind === 'mutation' && !isRun(operation)),
  };
}

/** One after the other: what runs beside an operation could not change its counts, but would its times. */
async function measureAll(
  url: string,
  operations: readonly BudgetOperation[],
  headersOf: (operation: BudgetOperation) => Promise<Readonly<Record<string, string>>>,
): Promise<Budgets> {
  const measured: Record<string, Budget> = {};
  for (const operation of operations)
    measured[operation.name] = await measureOperation(url, operation, await headersOf(operation));
  return measured;
}

/** What is given goes before the token of the operation's own caller. */
async function signInTo(
  project: Project,
  { caller }: BudgetOperation,
  headers: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  return { ...(await signIn(project, caller)), ...headers };
}

async function update(
  root: string,
  names: readonly string[],
  old: Budgets,
  measured: Budgets,
): Promise<void> {
  const kept = Object.entries(old).filter(([name]) => names.includes(name));
  await writeBudgets(root, { ...Object.fromEntries(kept), ...measured });
  const { over, under, unknown, left } = compareBudgets(measured, old, names);
  console.log(`${budgetsFile}: ${Object.keys(measured).length} operations measured.`);
  if (unknown.length > 0) console.log(`New: ${unknown.join(', ')}.`);
  if (left.length > 0) console.log(`Removed: ${left.join(', ')}.`);
  if (over.length + under.length > 0)
    console.log(
      `Changed, with what the budget was:\n${printBudgetLines([...over, ...under.filter((line) => !over.includes(line))])}`,
    );
}

function report({ over, under, unknown, left }: ReturnType<typeof compareBudgets>, count: number): void {
  const faults = [
    ...(over.length > 0 ? [`Operations need more than their budget:\n${printBudgetLines(over)}`] : []),
    ...(unknown.length > 0 ? [`Operations without a budget: ${unknown.join(', ')}.`] : []),
  ];
  if (faults.length > 0)
    throw new BudgetError(`${faults.join('\n')}\nIf that is meant: npx freehold budget --update`);
  console.log(`${count} operations are within their budgets.`);
  if (left.length > 0) console.log(`Budgets of operations that there are no more: ${left.join(', ')}.`);
  if (under.length > 0)
    console.log(`Some need less now; --update lowers their budgets:\n${printBudgetLines(under)}`);
}
