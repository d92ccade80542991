/** The stock `@apollo/gateway` on Apollo Server, set up as its documentation shows: `stock-gateway SUPERGRAPH_FILE`. */
import { readFile } from 'node:fs/promises';

import { ApolloGateway } from '@apollo/gateway';
import { ApolloServer } from '@apollo/server';
import { startStandaloneServer } from '@apollo/server/standalone';

process.env['APOLLO_TELEMETRY_DISABLED'] = 'true';
const [supergraphFile = ''] = process.argv.slice(2);
const gateway = new ApolloGateway({ supergraphSdl: await readFile(supergraphFile, 'utf8') });
const server = new ApolloServer({ gateway });
const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } });
console.log(`ready at ${url}`);
