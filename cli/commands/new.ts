import { InvalidArgumentError, Option, type Command } from 'commander';

interface NewOptions {
  readonly database: 'postgres' | 'mongo';
  readonly entity?: string;
}

/** `freehold new subgraph NAME`: a service that runs, with an entity, a migration, a test and a budget. */
export function addNewCommand(program: Command): void {
  program
    .command('new')
    .description('Make something new')
    .command('subgraph')
    .description(
      'Make a service with its database: an entity, a migration, a test, a budget; it joins the graph',
    )
    .argument('<name>', 'lower-case words joined by "-", such as gift-cards')
    .addOption(
      new Option('--database <kind>', 'what it keeps its data in')
        .choices(['postgres', 'mongo'])
        .makeOptionMandatory(),
    )
    .option('--entity <Type>', "its entity's type; default: the name in the singular", parseTypeName)
    .action(async (name: string, { database, entity }: NewOptions) => {
      const { runNewSubgraph } = await import('../new/run-new-subgraph.ts');
      await runNewSubgraph({ name, database, type: entity });
    });
}

function parseTypeName(text: string): string {
  if (!/^[A-Z][A-Za-z0-9]{0,60}$/.test(text))
    throw new InvalidArgumentError('expected a type name, such as GiftCard.');
  return text;
}
