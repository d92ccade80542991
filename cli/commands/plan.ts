import type { Command } from 'commander';

/** `freehold plan`: what the gateway makes of an operation, in every form that it passes through. */
export function addPlanCommand(program: Command): void {
  program
    .command('plan')
    .description('Print how an operation is run: as normalised, as planned, and as compiled')
    .argument('<file>', 'a GraphQL document; "-" reads standard input')
    .option('--supergraph <file>', 'the supergraph; default: the file that freehold.json names')
    .option('--operation <name>', 'which operation, where the document has several')
    .option('--variables <json>', 'values of the variables that decide an @skip or @include; default: {}')
    .option(
      '--override <label...>',
      'labels of @override that are true, instead of those that say percent(100)',
    )
    .action(
      async (
        file: string,
        options: { supergraph?: string; operation?: string; variables?: string; override?: string[] },
      ) => {
        const { explainOperation } = await import('../../gateway/planning/explain-operation.ts');
        const { readSupergraph } = await import('../../gateway/supergraph/read-supergraph.ts');
        const { stripAuthorization } = await import('../../gateway/supergraph/strip-authorization.ts');
        const { readDocument } = await import('../explain/read-document.ts');
        const { loadProject } = await import('../project.ts');
        const supergraph = await readSupergraph(options.supergraph ?? (await loadProject()).supergraphFile);
        const explained = explainOperation({
          // A plan is made of what a caller may see; this one is for a caller who may see everything.
          supergraphSdl: stripAuthorization(supergraph.sdl),
          query: await readDocument(file),
          operationName: options.operation,
          variables: options.variables ?? '{}',
          trueLabels: options.override,
        });
        process.stdout.write(`${explained}\n`);
      },
    );
}
