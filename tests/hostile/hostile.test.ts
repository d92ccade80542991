import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { exportJWK, generateKeyPair } from 'jose';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { listen, type ListeningGateway } from '../../gateway/http/listen.ts';
import { createGateway } from '../../gateway/index.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { startSubgraphHost, type SubgraphHost } from '../support/subgraph-host.ts';
import { makeHostileRequest, makeRandom, type HostileRequest } from './make-request.ts';

// More with FREEHOLD_HOSTILE_REQUESTS; the same ones for the same seed.
const requestCount = Number(process.env['FREEHOLD_HOSTILE_REQUESTS'] ?? 2000);
const seed = Number(process.env['FREEHOLD_HOSTILE_SEED'] ?? 20_260_501);
/** Requests at a time. */
const lanes = 8;

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@authenticated"])';
const sdlByName = {
  books: `${link}
    type Query { books(first: Int): [Book!]! book(id: ID!): Book search(filter: Filter): [Book!] }
    type Mutation { add(title: String!): Book }
    input Filter { text: String and: [Filter!] }
    type Book @key(fields: "id") { id: ID! title: String secret: String @authenticated }`,
  reviews: `${link}
    type Book @key(fields: "id") { id: ID! reviews(first: Int): [Review!]! }
    type Review { stars: Int author: Author book: Book }
    type Author { name: String }`,
};

let folder: string;
let subgraphs: SubgraphHost;
let gateway: ListeningGateway;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-hostile-'));
  subgraphs = await startSubgraphHost(sdlByName);
  const book = { id: '1', title: 'Emma', secret: 'hidden-secret' };
  const review = { stars: 5, author: { name: 'Ann' }, book: { id: '1' } };
  subgraphs.load({
    books: { Query: { books: [book], book, search: [book] }, Book: [book] },
    reviews: { Book: [{ id: '1', reviews: [review] }] },
  });
  const supergraphFile = path.join(folder, 'supergraph.graphql');
  await writeFile(supergraphFile, composeSubgraphs(sdlByName, subgraphs.urls));
  const { publicKey } = await generateKeyPair('ES256', { extractable: true });
  const jwks = path.join(folder, 'jwks.json');
  const key = { ...(await exportJWK(publicKey)), kid: 'k', alg: 'ES256' };
  await writeFile(jwks, JSON.stringify({ keys: [key] }));
  const config = { supergraphFile, jwks: [jwks], watchSupergraph: false, port: 0, bodyBytesMax: 200_000 };
  const log = pino({ level: 'silent' });
  gateway = await listen(await createGateway({ ...config, requestTimeoutMs: 20_000 }, log), log);
});

afterAll(async () => {
  await gateway.stop();
  await subgraphs.close();
  await rm(folder, { recursive: true });
});

interface HostileAnswer {
  readonly status: number;
  readonly text: string;
}

function send(hostile: HostileRequest): Promise<HostileAnswer> {
  return hostile.kind === 'raw' ? sendRaw(hostile.bytes) : sendHttp(hostile);
}

function sendHttp({
  method,
  path,
  headers,
  body,
}: HostileRequest & { kind: 'http' }): Promise<HostileAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({ port: gateway.port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
      response.on('error', reject);
    });
    // A refused body is not read: its sender may be cut off after the answer, or before.
    request.on('error', () => resolve({ status: 0, text: '' }));
    request.end(body);
  });
}

/** What is half a request gets no answer; the sender then goes away. */
function sendRaw(bytes: Buffer): Promise<HostileAnswer> {
  return new Promise((resolve) => {
    const socket = connect(gateway.port, '127.0.0.1');
    let text = '';
    socket.setTimeout(100, () => socket.destroy());
    socket.on('data', (chunk) => (text += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1] ?? 0), text }));
    socket.write(bytes);
  });
}

/** What is wrong with an answer; undefined when nothing is. */
function findFault({ status, text }: HostileAnswer): string | undefined {
  if (status >= 500 && !/"code":"[A-Z_]+"/.test(text)) return `status ${status} without a code`;
  if (/"code":"INTERNAL_SERVER_ERROR"/.test(text)) return 'an internal error';
  if (/\n\s+at |node_modules|node:internal|\.ts:\d+|\/gateway\/|freehold-hostile-/.test(text))
    return 'a stack or a path';
  if (text.includes('hidden-secret')) return 'data that needs a token';
  return undefined;
}

// What is garbage says nothing, and when it is collected would be the collector's to decide.
setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function readMemory(): number {
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

test(
  `${requestCount} bad requests (seed ${seed}): each has an answer that says no more than it may`,
  async () => {
    const random = makeRandom(seed);
    const faults: string[] = [];
    const answered = new Map<string, number>();
    const memory: number[] = [];
    let sent = 0;
    const lane = async (): Promise<void> => {
      while (sent < requestCount) {
        sent += 1;
        if (sent % Math.ceil(requestCount / 4) === 0) memory.push(readMemory());
        const hostile = makeHostileRequest(random);
        const answer = await send(hostile);
        answered.set(hostile.family, (answered.get(hostile.family) ?? 0) + 1);
        const fault = findFault(answer);
        if (fault !== undefined) {
          faults.push(`${fault}: ${JSON.stringify(hostile).slice(0, 600)} -> ${answer.text.slice(0, 300)}`);
        }
      }
    };
    await Promise.all(Array.from({ length: lanes }, lane));
    expect(faults.slice(0, 5)).toEqual([]);
    expect(answered.size).toBe(15);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
    // The heap of the test's own side is in it; what grows with every request would be far more.
    expect((memory.at(-1) ?? 0) - (memory[0] ?? 0)).toBeLessThan(150_000_000);

    const after = await sendHttp({
      kind: 'http',
      family: '',
      method: 'POST',
      path: '/graphql',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ books { title } }"}',
    });
    expect(JSON.parse(after.text)).toEqual({ data: { books: [{ title: 'Emma' }] } });
  },
  180_000 + 200 * requestCount,
);
