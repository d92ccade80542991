import { Command } from 'commander';

/** Runs the command line; `argv` as in `process.argv`. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const program = new Command('freehold').description(
    'A federated GraphQL gateway over the database-per-service pattern',
  );
  await program.parseAsync([...argv]);
}
