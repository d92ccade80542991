import { readFile } from 'node:fs/promises';

import { composeServices } from '@apollo/composition';
import { Supergraph } from '@apollo/federation-internals';
import { type DocumentNode, type GraphQLSchema, Kind, parse, visit } from 'graphql';

import { loadProject } from '../../../../cli/project.ts';

// @apollo/gateway refuses a supergraph that says who may read what; the other sides leave everything open.
const accessDirectives = ['authenticated', 'requiresScopes', 'policy'];

function withoutAccess(schema: DocumentNode): DocumentNode {
  return visit(schema, {
    Directive: ({ name }) => (accessDirectives.includes(name.value) ? null : undefined),
    ListValue: (list) => ({
      ...list,
      values: list.values.filter(
        (value) => !(value.kind === Kind.STRING && accessDirectives.includes(value.value.replace('@', ''))),
      ),
    }),
  });
}

/** The schemas of the shop's services, which all federated sides share, by name. */
export async function readServiceSchemas(): Promise<ReadonlyMap<string, DocumentNode>> {
  const { subgraphs } = await loadProject();
  return new Map(
    await Promise.all(
      subgraphs.map(async ({ name, schemaFile }) => {
        return [name, withoutAccess(parse(await readFile(schemaFile, 'utf8')))] as const;
      }),
    ),
  );
}

/** The supergraph of the shop whose services are at these URLs. */
export async function composeShop(urls: ReadonlyMap<string, string>): Promise<string> {
  const schemas = await readServiceSchemas();
  const result = composeServices(
    [...schemas].map(([name, typeDefs]) => ({ name, typeDefs, url: urls.get(name) ?? '' })),
  );
  if (result.errors) throw new Error(result.errors.map(String).join('\n'));
  return result.supergraphSdl;
}

/** The one schema of the sides that are one process: what clients of the gateway see. */
export async function buildShopSchema(): Promise<GraphQLSchema> {
  return Supergraph.build(await composeShop(new Map()))
    .apiSchema()
    .toGraphQLJSSchema();
}
