import type { Command } from 'commander';

/** `freehold migrate [service]` and `freehold migrate new SERVICE NAME`. */
export function addMigrateCommand(program: Command): void {
  program.command('migrate', { hidden: true }).description('Bring the services’ databases up to date');
}
