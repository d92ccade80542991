import type { DocumentNode } from 'graphql';

import { PrismaClient } from '../../prisma/orders/client/client.ts';
import { openPrisma } from '../kit/database/postgres.ts';
import { type Subgraph, defineSubgraph } from '../kit/define-subgraph.ts';
import { keyOfField, knownByKey, loadedByKeys } from '../kit/entities/entity-definition.ts';
import { readableOrders } from './access.ts';
import { sequenceOfNumber } from './order.ts';
import { type OrderRow, loadOrders, numberOf } from './queries.ts';
import { createResolvers } from './resolvers.ts';

/** The service that owns orders; `typeDefs` is its schema.graphql. */
export function createSubgraph(typeDefs: DocumentNode): Subgraph<PrismaClient> {
  return defineSubgraph<PrismaClient>({
    name: 'orders',
    typeDefs,
    resolvers: createResolvers(() => new Date()),
    entities: {
      Order: loadedByKeys(
        keyOfField<PrismaClient, OrderRow>('id', (batch, { database, caller }) =>
          loadOrders(database, { ids: batch.keys }, readableOrders(caller), batch.asked),
        ),
        keyOfField('number', async (batch, { database, caller }) => {
          const sequences = batch.keys.flatMap((number) => sequenceOfNumber(number) ?? []);
          const rows = await loadOrders(database, { sequences }, readableOrders(caller), batch.asked);
          return rows.map((row) => ({ ...row, number: numberOf(row) }));
        }),
      ),
      User: knownByKey('id'),
      Product: knownByKey('id'),
    },
    openDatabase: openPrisma((options) => new PrismaClient(options)),
  });
}
