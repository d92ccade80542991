import type { DocumentNode } from 'graphql';

import { PrismaClient } from '../../prisma/accounts/client/client.ts';
import { openPrisma } from '../kit/database/postgres.ts';
import { type Subgraph, defineSubgraph } from '../kit/define-subgraph.ts';
import { keyOfField, loadedByKeys } from '../kit/entities/entity-definition.ts';
import { type UserRow, loadUsers } from './queries.ts';
import { createResolvers } from './resolvers.ts';

/** The service that owns users and their addresses; `typeDefs` is its schema.graphql. */
export function createSubgraph(typeDefs: DocumentNode): Subgraph<PrismaClient> {
  return defineSubgraph<PrismaClient>({
    name: 'accounts',
    typeDefs,
    resolvers: createResolvers(() => new Date()),
    entities: {
      User: loadedByKeys(
        keyOfField<PrismaClient, UserRow>('id', (batch, { database }) =>
          loadUsers(database, 'id', batch.keys, batch.asked),
        ),
        keyOfField<PrismaClient, UserRow>('username', (batch, { database }) =>
          loadUsers(database, 'username', batch.keys, batch.asked),
        ),
      ),
    },
    openDatabase: openPrisma((options) => new PrismaClient(options)),
  });
}
