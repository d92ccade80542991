import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';

/** Composes subgraph schemas into a supergraph's SDL. Throws with every composition error. */
export function composeSubgraphs(
  sdlByName: Readonly<Record<string, string>>,
  urls: Readonly<Record<string, string>> = {},
): string {
  const result = composeServices(
    Object.entries(sdlByName).map(([name, sdl]) => ({
      name,
      typeDefs: parse(sdl),
      url: urls[name] ?? `http://127.0.0.1:1/${name}`,
    })),
  );
  if (result.errors) {
    throw new Error(
      `The subgraphs do not compose:\n${result.errors.map((error) => error.message).join('\n')}`,
    );
  }
  return result.supergraphSdl;
}
