import { InvalidArgumentError, Option, type Command } from 'commander';

import { exitWithTwoOnMisuse } from '../exit-codes.ts';

interface CheckOptions {
  readonly base?: string;
  readonly operations?: readonly string[];
  readonly usage?: readonly string[];
  readonly format: 'text' | 'markdown' | 'json' | 'sarif' | 'github';
  readonly all?: true;
}

/** `freehold check`: the working tree against a base. Exit code 0, 1 (something breaks) or 2 (could not run). */
export function addCheckCommand(program: Command): void {
  exitWithTwoOnMisuse(program.command('check'))
    .description('Judge schema, operations, migrations and plans of the working tree against a base')
    .option(
      '--base <ref|file|folder>',
      'a commit, a supergraph file or a folder; default: the merge base with the main branch',
    )
    .option(
      '--operations <glob>',
      'documents and manifests that clients send; repeatable; default: operations/**/*.{graphql,gql,json}',
      addGlob,
    )
    .option(
      '--usage <file>',
      'what a gateway saw its clients use; repeatable; default: operations/usage.json, if there',
      addFile,
    )
    .addOption(
      new Option('--format <name>', 'how to print the findings')
        .choices(['text', 'markdown', 'json', 'sarif', 'github'])
        .default('text'),
    )
    .option('--all', 'also what the rules say of the base already')
    .action(async (options: CheckOptions) => {
      const { runCheckCommand } = await import('../run-check.ts');
      process.exitCode = await runCheckCommand(process.cwd(), options, {
        write: (text) => process.stdout.write(text),
        fail: (text) => process.stderr.write(text),
      });
    });
}

function addFile(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}

function addGlob(glob: string, before: readonly string[] = []): readonly string[] {
  if (glob === '') throw new InvalidArgumentError('expected a glob such as "operations/**/*.graphql".');
  return [...before, glob];
}
