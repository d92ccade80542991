import { type Command, InvalidArgumentError } from 'commander';

/** `freehold seed SERVICE`: sample data into one service's database. */
export function addSeedCommand(program: Command): void {
  program
    .command('seed')
    .description('Fill one service’s database with sample data; what is there already stays')
    .argument(
      '<service>',
      'a service of freehold.json; its database is the one that <SERVICE>_DATABASE_URL names',
    )
    .option('--scale <number>', 'how many times the default amount', parseScale, 1)
    .action(async (name: string, { scale }: { readonly scale: number }) => {
      const { runSeed } = await import('../run-seed.ts');
      await runSeed(name, scale);
    });
}

function parseScale(text: string): number {
  const scale = Number(text);
  if (!Number.isInteger(scale) || scale < 1 || scale > 1_000)
    throw new InvalidArgumentError('expected a whole number from 1 to 1000.');
  return scale;
}
