import type { Command } from 'commander';

import { parsePort } from './gateway.ts';
import { addServiceFlags, type ServiceFlags } from './service-flags.ts';

interface ServiceOptions extends ServiceFlags {
  readonly port: number;
  readonly host: string;
  readonly allowUnsigned?: true;
}

/** `freehold service NAME`: one service of the project, as the work of this process. */
export function addServiceCommand(program: Command): void {
  const command = program
    .command('service')
    .description('Run one service; its database is the one that <NAME>_DATABASE_URL names')
    .argument('<name>', 'a service of freehold.json')
    .option('--port <number>', 'port to listen on; 0 lets the system choose', parsePort, 0)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option(
      '--allow-unsigned',
      'run without FREEHOLD_SERVICE_KEYS: answer whoever asks, as nobody signed in',
    );
  addServiceFlags(command).action(async (name: string, options: ServiceOptions) => {
    const { runServiceProcess } = await import('../run-service.ts');
    await runServiceProcess(name, options);
  });
}
