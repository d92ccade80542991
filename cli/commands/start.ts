import { InvalidArgumentError, Option, type Command } from 'commander';

import { parsePort } from './gateway.ts';
import { addServiceFlags, type ServiceFlags } from './service-flags.ts';

interface StartOptions extends ServiceFlags {
  readonly port?: number;
  readonly host: string;
  readonly data?: string;
  readonly scale: number;
  readonly engine: 'compiled' | 'apollo';
  readonly usage?: string;
  readonly gatewayConfig?: string;
}

/** `freehold start`: databases, services and gateway, until Ctrl-C. */
export function addStartCommand(program: Command): void {
  const command = program
    .command('start')
    .description('Bring up every service with its database, and the gateway; Ctrl-C stops everything')
    .option('--port <number>', 'port of the gateway; default: the one in freehold.json', parsePort)
    .option('--host <address>', 'address that the gateway listens on', '127.0.0.1')
    .option(
      '--data <folder>',
      'where databases and logs are kept; default: .freehold/data beside freehold.json',
    )
    .option('--usage <file>', 'count what clients use, for "freehold check --usage"')
    .option('--scale <number>', 'how much sample data a new database gets; 0 for none', parseScale, 1)
    .addOption(
      new Option('--engine <name>', 'what runs the plans')
        .choices(['compiled', 'apollo'])
        .default('compiled'),
    )
    .option('--gateway-config <file>', 'a JSON file with any of the options in docs/configuration.md');
  addServiceFlags(command).action(async (options: StartOptions) => {
    const path = await import('node:path');
    const { loadProject } = await import('../project.ts');
    const { runStart } = await import('../start/run-start.ts');
    const project = await loadProject();
    await runStart({
      project,
      dataFolder: path.resolve(options.data ?? path.join(project.root, '.freehold', 'data')),
      gatewayPort: options.port ?? project.gateway.port,
      gatewayHost: options.host,
      gatewayConfigFile:
        options.gatewayConfig === undefined ? undefined : path.resolve(options.gatewayConfig),
      serviceFlags: options,
      engine: options.engine,
      scale: options.scale,
      usageFile: options.usage === undefined ? undefined : path.resolve(options.usage),
      environment: process.env,
    });
  });
}

function parseScale(text: string): number {
  // The most that "freehold seed" takes.
  if (!/^\d{1,4}$/.test(text) || Number(text) > 1000)
    throw new InvalidArgumentError('expected an integer from 0 to 1000.');
  return Number(text);
}
