import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { printServiceKeys } from '../../gateway/auth/sign-request.ts';
import { listen, type ListeningGateway } from '../../gateway/http/listen.ts';
import { createGateway } from '../../gateway/index.ts';
import { mintDevelopmentToken, nameDevelopmentKeys } from '../../cli/development-keys.ts';
import { defineSubgraph } from '../../subgraphs/kit/define-subgraph.ts';
import { serveSubgraph, type RunningSubgraph } from '../../subgraphs/kit/serve-subgraph.ts';
import { parseServiceKeys } from '../../subgraphs/kit/signature/service-keys.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';

const sdl = 'type Query { caller: String } type Mutation { touch: String }';
const masterKey = `key-1:${Buffer.alloc(32, 1).toString('base64url')}`;
const otherKey = `key-1:${Buffer.alloc(32, 2).toString('base64url')}`;
const log = pino({ level: 'silent' });

let folder: string;
let service: RunningSubgraph;
const open: ListeningGateway[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-signed-'));
  const describeCaller = (_source: never, _args: never, context: { caller: object | undefined }): string =>
    JSON.stringify(context.caller ?? 'nobody');
  const subgraph = defineSubgraph({
    name: 'one',
    typeDefs: parse(sdl),
    resolvers: { Query: { caller: describeCaller }, Mutation: { touch: describeCaller } },
    entities: {},
    openDatabase: () => ({ client: {}, check: async () => {}, close: async () => {} }),
  });
  const signingKeys = parseServiceKeys(printServiceKeys([masterKey], 'one'));
  service = await serveSubgraph(subgraph, { databaseUrl: 'none:', port: 0, signingKeys, log });
  await writeFile(
    path.join(folder, 'supergraph.graphql'),
    composeSubgraphs({ one: sdl }, { one: service.url }),
  );
});

afterAll(async () => {
  await Promise.all(open.map((gateway) => gateway.stop()));
  await service.close();
  await rm(folder, { recursive: true });
});

describe.each(['compiled', 'apollo'] as const)('with the engine "%s"', (engine) => {
  async function start(signingKeys: string[]): Promise<string> {
    const keys = nameDevelopmentKeys(folder);
    await mintDevelopmentToken(folder, { user: 'u1', scopes: [], policies: [], expiresS: 60 });
    const supergraphFile = path.join(folder, 'supergraph.graphql');
    const config = { supergraphFile, watchSupergraph: false, port: 0, engine, signingKeys };
    const gateway = await listen(await createGateway({ ...config, jwks: [keys.jwksFile] }, log), log);
    open.push(gateway);
    return gateway.url;
  }

  async function ask(url: string, query: string, headers: Record<string, string> = {}) {
    const response = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    return (await response.json()) as { data: Record<string, string> | null; errors?: unknown[] };
  }

  test('a service answers what the gateway signed, and knows who asks from that alone', async () => {
    const url = await start([masterKey]);
    const forged = Buffer.from('{"sub":"admin"}').toString('base64url');
    expect((await ask(url, '{ caller }', { 'freehold-identity': forged })).data).toEqual({
      caller: '"nobody"',
    });
    const token = await mintDevelopmentToken(folder, {
      user: 'u1',
      scopes: ['stock:write'],
      policies: [],
      expiresS: 60,
    });
    const authorization = `Bearer ${token}`;
    const expected = '{"subject":"u1","scopes":["stock:write"]}';
    expect((await ask(url, '{ caller }', { authorization })).data).toEqual({ caller: expected });
    expect((await ask(url, 'mutation { touch }', { authorization })).data).toEqual({ touch: expected });
  });

  test('a gateway with another key, or with none, gets no answer from it', async () => {
    for (const signingKeys of [[otherKey], []]) {
      const { data, errors } = await ask(await start(signingKeys), '{ caller }');
      expect(data?.['caller'] ?? null).toBeNull();
      expect(errors).toHaveLength(1);
    }
  });
});

test('a direct request is refused with 401 and a code; health needs no signature', async () => {
  const post = (headers: Record<string, string>): Promise<Response> =>
    fetch(service.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: '{"query":"{ caller }"}',
    });
  for (const [headers, code] of [
    [{}, 'SIGNATURE_MISSING'],
    [{ 'freehold-signature': `v1.key-1.${Date.now()}.n.${'A'.repeat(43)}` }, 'SIGNATURE_INVALID'],
  ] as const) {
    const response = await post(headers);
    expect(response.status).toBe(401);
    expect(await response.text()).toContain(code);
  }
  const get = await fetch(`${service.url}?query={caller}`, { headers: { 'apollo-require-preflight': '1' } });
  expect(get.status).toBe(401);
  expect((await fetch(service.url.replace('/graphql', '/health'))).status).toBe(200);
});
