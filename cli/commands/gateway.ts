import { InvalidArgumentError, Option, type Command } from 'commander';

import { makeOtlpOption } from './service-flags.ts';

interface GatewayOptions {
  readonly supergraph?: string;
  readonly port: number;
  readonly host: string;
  readonly engine: 'compiled' | 'apollo';
  readonly subgraph: Readonly<Record<string, string>>;
  readonly corsOrigin: readonly string[];
  readonly requestTimeout: number;
  readonly production?: true;
  readonly watch: boolean;
  readonly shareInFlight: boolean;
  readonly jwks: readonly string[];
  readonly metrics?: true;
  readonly usage?: string;
  readonly otlpEndpoint?: string;
  readonly config?: string;
}

/** The options that have a flag of their own, by the flag: a flag that is given goes before the file of --config. */
const flagOfOption: Readonly<Record<string, keyof GatewayOptions>> = {
  supergraphFile: 'supergraph',
  port: 'port',
  host: 'host',
  engine: 'engine',
  subgraphUrls: 'subgraph',
  corsOrigins: 'corsOrigin',
  requestTimeoutMs: 'requestTimeout',
  mode: 'production',
  watchSupergraph: 'watch',
  shareInFlight: 'shareInFlight',
  jwks: 'jwks',
  metrics: 'metrics',
  usageFile: 'usage',
  otlpEndpoint: 'otlpEndpoint',
};

/** `freehold gateway`: the gateway alone, over any supergraph file. */
export function addGatewayCommand(program: Command): void {
  program
    .command('gateway')
    .description('Run the gateway alone, over any supergraph file')
    .option('--supergraph <file>', 'the composed supergraph; default: the file that freehold.json names')
    .option('--port <number>', 'port to listen on; 0 lets the system choose', parsePort, 4000)
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .addOption(
      new Option('--engine <name>', 'what runs the plans')
        .choices(['compiled', 'apollo'])
        .default('compiled'),
    )
    .option(
      '--subgraph <name=url>',
      'where a subgraph is, instead of the URL in the supergraph; repeatable',
      addSubgraph,
      {},
    )
    .option('--cors-origin <origin>', 'a web origin that may call from a browser; repeatable', addItem, [])
    .option('--request-timeout <ms>', 'longest time for one request', parseMs, 30_000)
    .option('--production', 'no introspection, no Sandbox, no GraphiQL, no suggestions')
    .option('--no-share-in-flight', 'send every subgraph query, also while an identical one is in flight')
    .option('--no-watch', 'do not load the supergraph again when its file changes (SIGHUP still does)')
    .option(
      '--jwks <file-or-url>',
      'a key set (JWKS) whose keys sign tokens; repeatable. For development see "freehold token"',
      addItem,
      [],
    )
    .option('--metrics', 'answer GET /metrics in the text format of Prometheus')
    .option('--usage <file>', 'count what clients use, for "freehold check --usage"')
    .addOption(makeOtlpOption())
    .option('--config <file>', 'a JSON file with any of the options in docs/configuration.md')
    .action(async (options: GatewayOptions, command: Command) => {
      const { runGateway } = await import('../run-gateway.ts');
      const file = options.config === undefined ? {} : await readOptionsFile(options.config);
      const inFile = Object.entries(file).filter(
        ([name]) => command.getOptionValueSource(flagOfOption[name] ?? '') !== 'cli',
      );
      const supergraphFile =
        options.supergraph ?? ('supergraphFile' in file ? '' : await findSupergraphFile());
      await runGateway({
        supergraphFile,
        port: options.port,
        host: options.host,
        engine: options.engine,
        subgraphUrls: { ...options.subgraph },
        corsOrigins: [...options.corsOrigin],
        requestTimeoutMs: options.requestTimeout,
        mode: options.production ? 'production' : 'development',
        watchSupergraph: options.watch,
        shareInFlight: options.shareInFlight,
        jwks: [...options.jwks],
        metrics: options.metrics ?? false,
        ...(options.usage === undefined ? {} : { usageFile: options.usage }),
        ...(options.otlpEndpoint !== undefined && { otlpEndpoint: options.otlpEndpoint }),
        // The gateway checks names and values.
        ...Object.fromEntries(inFile),
      });
    });
}

async function readOptionsFile(file: string): Promise<Record<string, unknown>> {
  const { readFile } = await import('node:fs/promises');
  const { ConfigError } = await import('../../gateway/config/gateway-config.ts');
  const explain = (reason: string): Error =>
    new ConfigError(`The configuration ${file} ${reason}; expected a JSON object of gateway options.`);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw explain(`cannot be read (${error.code ?? error.message})`);
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw explain('is not JSON');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw explain('is no object');
  return parsed as Record<string, unknown>;
}

async function findSupergraphFile(): Promise<string> {
  const { loadProject } = await import('../project.ts');
  return (await loadProject()).supergraphFile;
}

/** A TCP port: an integer from 0 to 65535. */
export function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new InvalidArgumentError('expected an integer from 0 to 65535.');
  return port;
}

function parseMs(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text))
    throw new InvalidArgumentError('expected a number of milliseconds, at least 1.');
  return Number(text);
}

function addSubgraph(text: string, known: Record<string, string>): Record<string, string> {
  const at = text.indexOf('=');
  if (at < 1 || !URL.canParse(text.slice(at + 1))) {
    throw new InvalidArgumentError('expected NAME=URL, such as accounts=http://127.0.0.1:4001/graphql.');
  }
  return { ...known, [text.slice(0, at)]: text.slice(at + 1) };
}

function addItem(text: string, known: readonly string[]): readonly string[] {
  return [...known, text];
}
