import { InvalidArgumentError, Option, type Command } from 'commander';

import { parsePort } from './gateway.ts';

interface ServiceOptions {
  readonly port: number;
  readonly host: string;
  readonly statementsMax: number;
  readonly statementsOver: 'warn' | 'refuse';
}

/** `freehold service NAME`: one service of the project, as the work of this process. */
export function addServiceCommand(program: Command): void {
  program
    .command('service')
    .description('Run one service; its database is the one that <NAME>_DATABASE_URL names')
    .argument('<name>', 'a service of freehold.json')
    .option('--port <number>', 'port to listen on; 0 lets the system choose', parsePort, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--statements-max <number>', 'most database statements of one request; 0 is off', parseLimit, 0)
    .addOption(
      new Option('--statements-over <what>', 'above that: log it, or do not send the statement')
        .choices(['warn', 'refuse'])
        .default('warn'),
    )
    .action(async (name: string, options: ServiceOptions) => {
      const { runServiceProcess } = await import('../run-service.ts');
      await runServiceProcess(name, options);
    });
}

function parseLimit(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('expected an integer from 0 to 999999.');
  return Number(text);
}
