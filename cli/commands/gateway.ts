import { InvalidArgumentError, Option, type Command } from 'commander';

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
}

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
    .option('--no-watch', 'do not load the supergraph again when its file changes (SIGHUP still does)')
    .action(async (options: GatewayOptions) => {
      const { runGateway } = await import('../run-gateway.ts');
      await runGateway({
        supergraphFile: options.supergraph ?? (await findSupergraphFile()),
        port: options.port,
        host: options.host,
        engine: options.engine,
        subgraphUrls: { ...options.subgraph },
        corsOrigins: [...options.corsOrigin],
        requestTimeoutMs: options.requestTimeout,
        mode: options.production ? 'production' : 'development',
        watchSupergraph: options.watch,
      });
    });
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
