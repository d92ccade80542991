import type { IncomingHttpHeaders } from 'node:http';

/** What a client is called that does not name itself. */
export const unnamedClient = '(unnamed)';

const charactersMax = 100;

// In the order in which they are asked: the name of the GraphQL over HTTP working group's proposal, then what Apollo's
// clients and The Guild's tools send.
const headerPairs = [
  ['graphql-client-name', 'graphql-client-version'],
  ['apollographql-client-name', 'apollographql-client-version'],
  ['x-graphql-client-name', 'x-graphql-client-version'],
] as const;

/**
 * How a client names itself: `web`, or `ios/4.2` when it also tells its version. Anybody may write these headers, so the
 * name is for counting alone, and is cut at 100 characters.
 */
export function readClientName(headers: IncomingHttpHeaders): string {
  for (const [nameHeader, versionHeader] of headerPairs) {
    const name = readHeader(headers, nameHeader);
    if (name === undefined) continue;
    const version = readHeader(headers, versionHeader);
    return (version === undefined ? name : `${name}/${version}`).slice(0, charactersMax);
  }
  return unnamedClient;
}

function readHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  return text === undefined || text === '' ? undefined : text;
}
