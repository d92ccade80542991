import type { DocumentNode } from 'graphql';
import type { Db } from 'mongodb';

import { openMongo } from '../kit/database/mongo.ts';
import { type Subgraph, defineSubgraph } from '../kit/define-subgraph.ts';
import { keyOfField, loadedByKeys } from '../kit/entities/entity-definition.ts';
import { type CategoryRow, type ProductRow, loadCategories, loadProducts } from './queries.ts';
import { resolvers } from './resolvers.ts';

/** The service that owns products and categories; `typeDefs` is its schema.graphql. */
export function createSubgraph(typeDefs: DocumentNode): Subgraph<Db> {
  const product = loadedByKeys(
    keyOfField<Db, ProductRow>('id', (batch, { database }) =>
      loadProducts(database, batch.keys, batch.asked),
    ),
  );
  return defineSubgraph<Db>({
    name: 'catalog',
    typeDefs,
    resolvers,
    entities: {
      Product: product,
      Book: product,
      Device: product,
      Apparel: product,
      Category: loadedByKeys(
        keyOfField<Db, CategoryRow>('id', (batch, { database }) =>
          loadCategories(database, { ids: batch.keys }),
        ),
      ),
    },
    openDatabase: openMongo,
  });
}
