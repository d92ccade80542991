import { explainTokenHeaders } from '../explain/ask-for-trace.ts';
import { findGatewayUrl } from '../explain/run-explain.ts';
import { type Project, loadProject } from '../project.ts';
import { signIn } from '../sign-in.ts';
import { BudgetError } from './budget-error.ts';
import { budgetsFile, readBudgets, writeBudgets, type Budget, type Budgets } from './budgets-file.ts';
import { compareBudgets, printBudgetLines, type BudgetComparison } from './compare-budgets.ts';
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

/**
 * Measures the known operations and compares them with their budgets. `folder` holds the freehold.json; default: as
 * `loadProject`.
 *
 * @throws {BudgetError} when one needs more, or cannot be measured.
 */
export async function runBudget(options: RunBudgetOptions, folder?: string): Promise<void> {
  const project = await loadProject(folder);
  const { root } = project;
  const url = options.url ?? (await findGatewayUrl());
  const operations = await loadBudgetOperations(root);
  // Before anything is run: mutations write.
  const budgets = await readBudgets(root);
  const { run, notRun } = choose(operations, options.withMutations);
  const { measured, failures } = await measureAll(url, run, (operation) =>
    signInTo(project, operation, options.headers),
  );
  if (notRun.length > 0)
    console.log(
      `Not run, because they write (--mutations runs them): ${notRun.map(({ name }) => name).join(', ')}.`,
    );
  const names = operations.map(({ name }) => name);
  if (options.isUpdate) {
    await update(root, names, budgets, measured);
    if (failures.length > 0) throw new BudgetError(failures.join('\n'));
    return;
  }
  const comparison = compareBudgets(measured, budgets, names);
  const unwritten = notRun.map(({ name }) => name).filter((name) => budgets[name] === undefined);
  const faults = [...failures, ...listFaults(comparison, unwritten)];
  if (faults.length > 0) throw new BudgetError(faults.join('\n'));
  report(comparison, run.length);
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
): Promise<{ measured: Budgets; failures: readonly string[] }> {
  const measured: Record<string, Budget> = {};
  const failures: string[] = [];
  for (const operation of operations)
    try {
      measured[operation.name] = await measureOperation(url, operation, await headersOf(operation));
    } catch (error) {
      if (!(error instanceof BudgetError)) throw error;
      failures.push(error.message);
    }
  return { measured, failures };
}

/** What is given goes before the token of the operation's own caller. */
async function signInTo(
  project: Project,
  { caller }: BudgetOperation,
  headers: Readonly<Record<string, string>>,
): Promise<Readonly<Record<string, string>>> {
  return { ...explainTokenHeaders(), ...(await signIn(project, caller)), ...headers };
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

/** `unwritten` were not run, and have no budget either. */
function listFaults({ over, unknown }: BudgetComparison, unwritten: readonly string[]): string[] {
  const without = [...unknown, ...unwritten];
  const faults = [
    ...(over.length > 0 ? [`Operations need more than their budget:\n${printBudgetLines(over)}`] : []),
    ...(without.length > 0 ? [`Operations without a budget: ${without.join(', ')}.`] : []),
  ];
  if (faults.length === 0) return [];
  const flags = unwritten.length > 0 ? '--update --mutations' : '--update';
  return [...faults, `If that is meant: npx freehold budget ${flags}`];
}

function report({ under, left }: BudgetComparison, count: number): void {
  console.log(`${count} operations are within their budgets.`);
  if (left.length > 0) console.log(`Budgets of operations that there are no more: ${left.join(', ')}.`);
  if (under.length > 0)
    console.log(`Some need less now; --update lowers their budgets:\n${printBudgetLines(under)}`);
}
