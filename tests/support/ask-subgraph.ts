import { readFileSync } from 'node:fs';
import path from 'node:path';

import { type DocumentNode, parse } from 'graphql';

import { signAs, type TestCaller } from './signed-caller.ts';
import type { Statement } from '../../subgraphs/kit/statements/statement-scope.ts';

/** What a service answered, with the statements that it sent to its database. */
export interface SubgraphAnswer {
  // The tests read what their own queries select.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any;
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly statements: readonly Statement[];
}

/** Sends an operation to a running service in a caller's name, as the gateway would, and asks for its statements. */
export function askSubgraphAs(
  caller: TestCaller | undefined,
  { service, url }: { readonly service: string; readonly url: string },
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<SubgraphAnswer> {
  return askSubgraph(url, query, variables, (body) => signAs(service, caller, body));
}

/** Sends an operation to a running service and asks for its statements. */
export async function askSubgraph(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> | ((body: string) => Readonly<Record<string, string>>) = {},
): Promise<SubgraphAnswer> {
  const sent = JSON.stringify({ query, variables });
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'freehold-explain': '1',
      ...(typeof headers === 'function' ? headers(sent) : headers),
    },
    body: sent,
  });
  const body = (await response.json()) as {
    readonly data?: unknown;
    readonly errors?: SubgraphAnswer['errors'];
    readonly extensions?: { readonly freehold?: { readonly statements: readonly Statement[] } };
  };
  return {
    data: body.data,
    errors: body.errors ?? [],
    statements: body.extensions?.freehold?.statements ?? [],
  };
}

/** The schema of a service of the shop. */
export function readServiceSchema(name: string): DocumentNode {
  return parse(
    readFileSync(path.join(import.meta.dirname, `../../subgraphs/${name}/schema.graphql`), 'utf8'),
  );
}
