import { readFileSync } from 'node:fs';
import path from 'node:path';

import { type DocumentNode, parse } from 'graphql';

import type { Statement } from '../../subgraphs/kit/statements/statement-scope.ts';

/** What a service answered, with the statements that it sent to its database. */
export interface SubgraphAnswer {
  // The tests read what their own queries select.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly data: any;
  readonly errors: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  readonly statements: readonly Statement[];
}

/** Sends an operation to a running service and asks for its statements. */
export async function askSubgraph(
  url: string,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
  headers: Readonly<Record<string, string>> = {},
): Promise<SubgraphAnswer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'freehold-explain': '1', ...headers },
    body: JSON.stringify({ query, variables }),
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
