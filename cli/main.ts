import { Command } from 'commander';

import { addMigrateCommand } from './commands/migrate.ts';

// In the order in which the help lists them.
const commands = [addMigrateCommand];

/** Runs the command line; `argv` as in `process.argv`. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  const program = new Command('freehold').description(
    'A federated GraphQL gateway over the database-per-service pattern',
  );
  for (const addCommand of commands) addCommand(program);
  await program.parseAsync([...argv]);
}
