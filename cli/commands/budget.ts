import type { Command } from 'commander';

import { addHeader, parseUrl } from './explain.ts';

interface BudgetOptions {
  readonly update?: true;
  readonly mutations?: true;
  readonly url?: string;
  readonly header: Readonly<Record<string, string>>;
}

/** `freehold budget`: no known operation may need more fetches and statements than was written down. */
export function addBudgetCommand(program: Command): void {
  program
    .command('budget')
    .description('Count the fetches and statements of the operations under operations/ against their budgets')
    .option('--update', 'write down what they need in operations/budgets.json')
    .option('--mutations', 'run mutations too; they write to the databases')
    .option(
      '--url <url>',
      'where the gateway answers; default: this machine, at the port in freehold.json',
      parseUrl,
    )
    .option('--header <name:value>', 'a header to send; repeatable', addHeader, {})
    .addHelpText(
      'after',
      '\nExit code: 0; 1 when an operation needs more than its budget, has\nnone or was refused, or its answer has errors.',
    )
    .action(async (options: BudgetOptions) => {
      const { runBudget } = await import('../budget/run-budget.ts');
      await runBudget({
        isUpdate: options.update === true,
        withMutations: options.mutations === true,
        url: options.url,
        headers: options.header,
      });
    });
}
