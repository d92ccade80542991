import type { DocumentNode } from 'graphql';

import { PrismaClient, type Warehouse } from '../../prisma/inventory/client/client.ts';
import { openPrisma } from '../kit/database/postgres.ts';
import { type Subgraph, defineSubgraph } from '../kit/define-subgraph.ts';
import { keyOfField, knownByKey, loadedByKeys } from '../kit/entities/entity-definition.ts';
import { refuseStockKeeping } from './access.ts';
import { type ReservationRow, loadReservations, loadWarehouses } from './queries.ts';
import { createResolvers } from './resolvers.ts';

/** The service that owns warehouses and their stock; `typeDefs` is its schema.graphql. */
export function createSubgraph(typeDefs: DocumentNode): Subgraph<PrismaClient> {
  return defineSubgraph<PrismaClient>({
    name: 'inventory',
    typeDefs,
    resolvers: createResolvers(() => new Date()),
    entities: {
      Product: knownByKey('id'),
      Warehouse: loadedByKeys(
        keyOfField<PrismaClient, Warehouse>('id', (batch, { database }) =>
          loadWarehouses(database, { ids: batch.keys }),
        ),
      ),
      Reservation: loadedByKeys(
        keyOfField<PrismaClient, ReservationRow>('id', (batch, { database, caller }) => {
          const refusal = refuseStockKeeping(caller);
          return refusal ? Promise.reject(refusal) : loadReservations(database, { ids: batch.keys });
        }),
      ),
    },
    openDatabase: openPrisma((options) => new PrismaClient(options)),
  });
}
