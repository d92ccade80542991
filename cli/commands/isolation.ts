import type { Command } from 'commander';

interface IsolationCommandOptions {
  readonly data?: string;
}

/** `freehold isolation`: proves that every service's data is its own; exit code 1 when it is not. */
export function addIsolationCommand(program: Command): void {
  program
    .command('isolation')
    .description(
      "Prove that no service reaches another's database: source, containers, and the running shop or the databases in <SERVICE>_DATABASE_URL",
    )
    .option('--data <folder>', 'where the running shop keeps its data; default: .freehold/data')
    .action(async (options: IsolationCommandOptions) => {
      const { isShopIsolated } = await import('../run-isolation.ts');
      if (!(await isShopIsolated(options.data))) process.exitCode = 1;
    });
}
