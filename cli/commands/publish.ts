import type { Command } from 'commander';

import { exitWithTwoOnMisuse } from '../exit-codes.ts';

/** `freehold publish`: what the registry, which is the repository, has to hold after a merge. */
export function addPublishCommand(program: Command): void {
  exitWithTwoOnMisuse(program.command('publish'))
    .description(
      'Judge the working tree against what is published, then write supergraph and operations manifest',
    )
    .option('--base <ref|file|folder>', 'what is published now; default: the committed supergraph file')
    .option('--verify', 'write nothing; exit 1 when a file is not what would be written')
    .action(async (options: { base?: string; verify?: true }) => {
      const { runPublishCommand } = await import('../run-publish.ts');
      process.exitCode = await runPublishCommand(process.cwd(), options, {
        write: (text) => process.stdout.write(text),
        fail: (text) => process.stderr.write(text),
      });
    });
}
