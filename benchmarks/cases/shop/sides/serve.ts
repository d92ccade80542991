import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';
import type { GraphQLSchema } from 'graphql';

import { attachScalars } from './scalars.ts';

/** Serves a schema by Apollo Server as its documentation shows it, and says where. */
export async function serveSchema(schema: GraphQLSchema, createContext: () => object): Promise<void> {
  attachScalars(schema);
  const server = new ApolloServer({ schema });
  const { url } = await startStandaloneServer(server, {
    listen: { port: 0, host: '127.0.0.1' },
    context: async () => createContext(),
  });
  console.log(`ready at ${url}`);
}
