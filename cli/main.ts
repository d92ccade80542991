import { Command } from 'commander';

import { addCheckCommand } from './commands/check.ts';
import { addBudgetCommand } from './commands/budget.ts';
import { addDiffCommand } from './commands/diff.ts';
import { addPublishCommand } from './commands/publish.ts';
import { addComposeCommand } from './commands/compose.ts';
import { addContainerSecretsCommand } from './commands/container-secrets.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addGatewayCommand } from './commands/gateway.ts';
import { addIsolationCommand } from './commands/isolation.ts';
import { addMigrateCommand } from './commands/migrate.ts';
import { addSeedCommand } from './commands/seed.ts';
import { addNewCommand } from './commands/new.ts';
import { addServiceCommand } from './commands/service.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addMongoServerCommand } from './commands/mongo-server.ts';
import { addStartCommand } from './commands/start.ts';
import { addTokenCommand } from './commands/token.ts';
import { reportFailure } from './report-failure.ts';

// In the order in which the help lists them.
const commands = [
  addStartCommand,
  addGatewayCommand,
  addComposeCommand,
  addServiceCommand,
  addMigrateCommand,
  addSeedCommand,
  addPlanCommand,
  addExplainCommand,
  addBudgetCommand,
  addNewCommand,
  addTokenCommand,
  addIsolationCommand,
  addContainerSecretsCommand,
  addMongoServerCommand,
  addCheckCommand,
  addDiffCommand,
  addPublishCommand,
];

/** Runs the command line; `argv` as in `process.argv`. A failure is printed and sets the exit code to 1. */
export async function runCommandLine(argv: readonly string[]): Promise<void> {
  process.stdout.on('error', endWithReader);
  const program = new Command('freehold')
    .description('A federated GraphQL gateway over the database-per-service pattern')
    .showHelpAfterError();
  for (const addCommand of commands) addCommand(program);
  try {
    await program.parseAsync([...argv]);
  } catch (error) {
    reportFailure(error);
    process.exitCode = 1;
  }
}

/** Whoever reads the output may have seen enough (`| head`): no reason to fail. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code === 'EPIPE') process.exit();
  throw error;
}
