import type { Command } from 'commander';

/** `freehold compose`: the services' schemas in, the supergraph out. */
export function addComposeCommand(program: Command): void {
  program
    .command('compose')
    .description("Compose the supergraph from the services' schema files, without starting anything")
    .option(
      '--out <file>',
      'where to write it ("-" for standard output); default: the file that freehold.json names',
    )
    .option('--check', 'write nothing; exit 1 when the file is not what composition gives')
    .action(async (options: { out?: string; check?: true }) => {
      const { readFile, writeFile } = await import('node:fs/promises');
      const { loadProject, ProjectError } = await import('../project.ts');
      const { composeProject } = await import('../compose-project.ts');
      const { printProblems } = await import('../../gateway/supergraph/compose-supergraph.ts');
      const project = await loadProject();
      const outcome = await composeProject(project);
      if (outcome.kind === 'failed') {
        throw new ProjectError(`The subgraphs do not compose:\n${printProblems(outcome.errors)}`);
      }
      if (outcome.hints.length > 0)
        console.error(`Hints of the composition:\n${printProblems(outcome.hints)}`);
      const file = options.out ?? project.supergraphFile;
      if (file === '-') {
        process.stdout.write(`${outcome.supergraphSdl}\n`);
        return;
      }
      const text = `${outcome.supergraphSdl.trim()}\n`;
      const isCurrent = (await readFile(file, 'utf8').catch(() => undefined)) === text;
      if (options.check) {
        if (!isCurrent)
          throw new ProjectError(`${file} is stale. Run "npx freehold compose" and commit the result.`);
      } else if (!isCurrent) {
        await writeFile(file, text);
      }
      console.error(`${file}: ${project.subgraphs.length} subgraphs${isCurrent ? ', unchanged' : ''}`);
    });
}
