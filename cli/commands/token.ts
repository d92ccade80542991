import { InvalidArgumentError, type Command } from 'commander';

interface TokenOptions {
  readonly user?: string;
  readonly username?: string;
  readonly scope: readonly string[];
  readonly policy: readonly string[];
  readonly expires: number;
}

/** `freehold token`: a token for development, for a gateway that was given the development key set. */
export function addTokenCommand(program: Command): void {
  program
    .command('token')
    .description(
      'Print a token for development; a gateway accepts it with --jwks .freehold/keys/development-jwks.json',
    )
    .option(
      '--user <id>',
      'whose token it is (the claim sub); default: the developmentUser of freehold.json',
      parseUser,
    )
    .option('--username <name>', 'the name of that user (the claim preferred_username), which reviews bear')
    .option('--scope <names...>', 'scopes that it carries', [])
    .option('--policy <names...>', 'policies that it fulfils', [])
    .option('--expires <time>', 'how long it is valid, such as 30m, 12h or 7d', parseDuration, 3600)
    .action(async (options: TokenOptions) => {
      const { loadProject } = await import('../project.ts');
      const { mintTokenFor } = await import('../sign-in.ts');
      const { user, username, scope, policy, expires } = options;
      const caller = { user, username, scopes: scope, policies: policy };
      const token = await mintTokenFor(await loadProject(), caller, expires);
      process.stdout.write(`${token}\n`);
    });
}

/** An empty one would make a token of nobody, which looks like one of somebody. */
export function parseUser(text: string): string {
  if (text === '') throw new InvalidArgumentError('expected the id of a user, such as user-2.');
  return text;
}

const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of a duration such as `90s`, `30m`, `12h` or `7d`. */
export function parseDuration(text: string): number {
  const [, count, unit = ''] = /^([1-9]\d{0,5})([smhd])$/.exec(text) ?? [];
  const seconds = unitSeconds[unit];
  if (count === undefined || seconds === undefined) {
    throw new InvalidArgumentError('expected a number with a unit, such as 30m, 12h or 7d.');
  }
  return Number(count) * seconds;
}
