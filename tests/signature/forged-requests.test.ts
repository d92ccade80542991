import { parse } from 'graphql';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { printServiceKeys } from '../../gateway/auth/sign-request.ts';
import { defineSubgraph } from '../../subgraphs/kit/define-subgraph.ts';
import { serveSubgraph, type RunningSubgraph } from '../../subgraphs/kit/serve-subgraph.ts';
import { parseServiceKeys } from '../../subgraphs/kit/signature/service-keys.ts';
import { forgeries, makeForge, sendForged } from '../support/forged-requests.ts';

// The same forms go to every service of a running shop in tests/system/shop.test.ts; here they need no database.
const masterKey = `key-1:${Buffer.alloc(32, 5).toString('base64url')}`;
const forge = makeForge('one', masterKey);
let service: RunningSubgraph;

beforeAll(async () => {
  const subgraph = defineSubgraph({
    name: 'one',
    typeDefs: parse('type Query { one: Int }'),
    resolvers: {},
    entities: {},
    openDatabase: () => ({ client: {}, check: async () => {}, close: async () => {} }),
  });
  const signingKeys = parseServiceKeys(printServiceKeys([masterKey], 'one'));
  const options = { databaseUrl: 'none:', port: 0, signingKeys, log: pino({ level: 'silent' }) };
  service = await serveSubgraph(subgraph, options);
});

afterAll(() => service?.close());

test('a genuine request is answered, and the same one not a second time', async () => {
  const request = forge.sign();
  expect(JSON.parse((await sendForged(service.url, request)).text)).toEqual({
    data: { __typename: 'Query' },
  });
  expect((await sendForged(service.url, request)).status).toBe(401);
});

test.each(forgeries.filter(({ isReplay }) => isReplay !== true))(
  'refused with 401 and $code: $what',
  async ({ code, make }) => {
    const { status, text } = await sendForged(service.url, make(forge));
    expect([status, JSON.parse(text)]).toEqual([
      401,
      { errors: [{ message: expect.any(String) as string, extensions: { code } }] },
    ]);
  },
);
