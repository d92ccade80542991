import { readFileSync } from 'node:fs';

import { composeServices } from '@apollo/composition';
import { type DocumentNode, Kind, parse, visit } from 'graphql';
import { describe, expect, test } from 'vitest';

const services = ['accounts', 'catalog', 'inventory', 'orders', 'reviews'];

function readSchema(name: string): DocumentNode {
  return parse(readFileSync(`${import.meta.dirname}/../../subgraphs/${name}/schema.graphql`, 'utf8'));
}

describe('the schemas of the shop', () => {
  test('compose into one supergraph', () => {
    const result = composeServices(
      services.map((name) => ({ name, typeDefs: readSchema(name), url: `http://127.0.0.1/${name}` })),
    );
    expect(result.errors?.map(String) ?? []).toEqual([]);
    expect(result.hints?.map(String) ?? []).toEqual([]);
  });

  for (const name of services) {
    test(`${name} describes each of its types, inputs and root fields`, () => {
      const missing: string[] = [];
      visit(readSchema(name), {
        enter(node, _key, _parent, _path, ancestors) {
          if (!('name' in node) || !('description' in node || node.kind.endsWith('Definition'))) return;
          if ('description' in node && node.description) return;
          const isType =
            /^(Object|Interface|Input|Enum|Scalar)\w*TypeDefinition$/.test(node.kind) &&
            node.name?.value !== 'Query' &&
            node.name?.value !== 'Mutation';
          const owner = ancestors.at(-2);
          const ownerName = owner && 'name' in owner ? owner.name?.value : undefined;
          const isRootField =
            node.kind === Kind.FIELD_DEFINITION && (ownerName === 'Query' || ownerName === 'Mutation');
          if (isType || isRootField) missing.push(`${ownerName ?? ''}.${node.name?.value}`);
        },
      });
      expect(missing).toEqual([]);
    });
  }
});
