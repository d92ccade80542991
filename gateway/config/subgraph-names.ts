import { ConfigError, type GatewayConfig } from './gateway-config.ts';

/** The options whose keys are names of subgraphs. */
const optionsBySubgraph = [
  'subgraphUrls',
  'subgraphReplicas',
  'subgraphOptions',
] as const satisfies (keyof GatewayConfig)[];

/** A name in the configuration that no subgraph has. */
export interface UnknownSubgraph {
  readonly option: (typeof optionsBySubgraph)[number];
  readonly name: string;
}

type NamedSubgraphs = readonly { readonly name: string }[];

/** Every name in the configuration that is none of `subgraphs`: what it says of them holds for nothing. */
export function listUnknownSubgraphs(
  config: Pick<GatewayConfig, UnknownSubgraph['option']>,
  subgraphs: NamedSubgraphs,
): readonly UnknownSubgraph[] {
  const known = new Set(subgraphs.map(({ name }) => name));
  return optionsBySubgraph.flatMap((option) =>
    Object.keys(config[option])
      .filter((name) => !known.has(name))
      .map((name) => ({ option, name })),
  );
}

/** Throws a `ConfigError` that lists every name in the configuration that no subgraph of the supergraph has. */
export function checkSubgraphNames(config: GatewayConfig, subgraphs: NamedSubgraphs): void {
  const unknown = listUnknownSubgraphs(config, subgraphs);
  if (unknown.length === 0) return;
  const known = printNames(subgraphs);
  const problems = unknown.map(
    ({ option, name }) =>
      `- ${option}: no subgraph is named ${JSON.stringify(name)}; expected one of ${known}`,
  );
  throw new ConfigError(
    `The gateway's configuration does not fit ${config.supergraphFile}:\n${problems.join('\n')}`,
  );
}

function printNames(subgraphs: NamedSubgraphs): string {
  return subgraphs.map(({ name }) => JSON.stringify(name)).join(', ');
}
