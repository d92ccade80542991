import { InvalidArgumentError, type Command } from 'commander';

import type { CommandCaller } from '../sign-in.ts';

interface ExplainOptions {
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly url?: string;
  readonly operation?: string;
  readonly header: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly username?: string;
  readonly scope?: readonly string[];
  readonly full?: true;
  readonly json?: true;
}

/** `freehold explain FILE`: where an operation's time goes, down to the database statements. */
export function addExplainCommand(program: Command): void {
  program
    .command('explain')
    .description('Run an operation and print its fetches and database statements, with their times')
    .argument('<file>', 'a GraphQL document; "-" reads standard input')
    .option('--variables <json>', 'the variables, as a JSON object', parseVariables)
    .option('--operation <name>', 'which operation of the document, where it has several')
    .option(
      '--url <url>',
      'where the gateway answers; default: this machine, at the port in freehold.json',
      parseUrl,
    )
    .option(
      '--header <name:value>',
      'a header to send, such as "freehold-explain-token: SECRET" for a gateway in production; repeatable',
      addHeader,
      {},
    )
    .option('--user <id>', 'sign in as this user, with a token for development')
    .option('--username <name>', 'the name of that user, where the operation needs it')
    .option('--scope <names...>', 'scopes that the token carries')
    .option('--full', 'print statements to their end')
    .option('--json', 'print the trace as JSON')
    .addHelpText(
      'after',
      '\nExit code: 0; 1 when the operation was not run, or its answer has errors. Such an\nanswer is explained all the same, though less may have been asked than without\nthem; "freehold budget" counts no such answer.',
    )
    .action(async (file: string, options: ExplainOptions) => {
      const { runExplain } = await import('../explain/run-explain.ts');
      const isWell = await runExplain(file, {
        variables: options.variables ?? {},
        url: options.url,
        operationName: options.operation,
        caller: findCaller(options),
        headers: options.header,
        isFull: options.full === true,
        isJson: options.json === true,
      });
      if (!isWell) process.exitCode = 1;
    });
}

/** Undefined when the operation is to be run for nobody. */
function findCaller({ user, username, scope }: ExplainOptions): CommandCaller | undefined {
  return user === undefined && username === undefined && scope === undefined
    ? undefined
    : { user, username, scopes: scope };
}

function parseVariables(text: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(
      `expected a JSON object (${error instanceof Error ? error.message : error}).`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InvalidArgumentError('expected a JSON object, such as {"id": "user-1"}.');
  return { ...value };
}

/** The address of a gateway. */
export function parseUrl(text: string): string {
  const protocol = URL.canParse(text) ? new URL(text).protocol : undefined;
  if (protocol !== 'http:' && protocol !== 'https:')
    throw new InvalidArgumentError('expected a URL such as http://127.0.0.1:4000/graphql.');
  return text;
}

/** Adds `name: value` to the headers that were given before. */
export function addHeader(text: string, known: Record<string, string>): Record<string, string> {
  const at = text.indexOf(':');
  const name = text.slice(0, at).trim().toLowerCase();
  const value = text.slice(at + 1).trim();
  // What a header may hold: visible characters of Latin-1, spaces and tabs.
  if (at < 1 || !/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    throw new InvalidArgumentError(
      'expected NAME: VALUE on one line and in Latin-1, such as "authorization: Bearer TOKEN".',
    );
  return { ...known, [name]: value };
}
