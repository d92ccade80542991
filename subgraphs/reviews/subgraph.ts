import type { DocumentNode } from 'graphql';
import type { Db } from 'mongodb';

import { openMongo } from '../kit/database/mongo.ts';
import { type Subgraph, defineSubgraph } from '../kit/define-subgraph.ts';
import { keyOfField, knownByKey, loadedByKeys } from '../kit/entities/entity-definition.ts';
import { type ReviewRow, loadReviews } from './queries.ts';
import { createResolvers } from './resolvers.ts';

/** The service that owns reviews; `typeDefs` is its schema.graphql. */
export function createSubgraph(typeDefs: DocumentNode): Subgraph<Db> {
  return defineSubgraph<Db>({
    name: 'reviews',
    typeDefs,
    resolvers: createResolvers(() => new Date()),
    entities: {
      Review: loadedByKeys(
        keyOfField<Db, ReviewRow>('id', (batch, { database }) =>
          loadReviews(database, batch.keys, batch.asked),
        ),
      ),
      Product: knownByKey('id'),
      User: knownByKey('id'),
    },
    openDatabase: openMongo,
  });
}
