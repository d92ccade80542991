import { Option, type Command } from 'commander';

import { exitWithTwoOnMisuse } from '../exit-codes.ts';

/** `freehold diff`: every difference of the schema that clients see. */
export function addDiffCommand(program: Command): void {
  exitWithTwoOnMisuse(program.command('diff'))
    .description('List every difference of the schema that clients see, whoever is hit')
    .option(
      '--base <ref|file|folder>',
      'a commit, a supergraph file or a folder; default: the merge base with the main branch',
    )
    .addOption(new Option('--format <name>', 'how to print it').choices(['text', 'json']).default('text'))
    .action(async (options: { base?: string; format: 'text' | 'json' }) => {
      const { runDiffCommand } = await import('../run-diff.ts');
      process.exitCode = await runDiffCommand(process.cwd(), options, {
        write: (text) => process.stdout.write(text),
        fail: (text) => process.stderr.write(text),
      });
    });
}
