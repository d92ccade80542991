import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import type { Engine } from '../../gateway/engine.ts';
import { Random } from '../differential/random.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import type { SubgraphData } from '../support/declarative-subgraph.ts';
import { createEngineUnderTest, runOperation } from '../support/engines-under-test.ts';
import { type SubgraphHost, startSubgraphHost } from '../support/subgraph-host.ts';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])\n';

const sdlByName = {
  accounts: `${link}
    type Query { me: User everyone: [User!]! }
    type Mutation { count: Int! }
    type User @key(fields: "id") { id: ID! name: String }`,
  inbox: `${link}
    type User @key(fields: "id") { id: ID! unread: String }`,
};

/** Every client is user 1: only the header tells them apart, so a key without it would mix them up. */
function makeData(): Record<string, SubgraphData> {
  let counted = 0;
  const name = (
    _args: unknown,
    _parent: unknown,
    { headers }: { headers: Readonly<Record<string, string | undefined>> },
  ) => `name of ${headers['authorization']}`;
  return {
    accounts: {
      Query: { me: { id: '1' }, everyone: [{ id: '1' }, { id: '2' }] },
      Mutation: {
        count: () => {
          counted += 1;
          return counted;
        },
      },
      User: ['1', '2'].map((id) => ({ id, name })),
    },
    inbox: {
      User: ['1', '2'].map((id) => ({
        id,
        unread: (_args, _parent, { headers }) => `mail of ${headers['authorization']}`,
      })),
    },
  };
}

describe('clients of one gateway', () => {
  let host: SubgraphHost;
  let engine: Engine;

  beforeAll(async () => {
    const supergraphSdl = composeSubgraphs(sdlByName);
    host = await startSubgraphHost(sdlByName);
    engine = await createEngineUnderTest('compiled', { supergraphSdl, subgraphUrls: host.urls });
  });
  beforeEach(() => {
    host.interfere(undefined);
    host.load(makeData());
  });
  afterAll(async () => {
    await engine?.close();
    await host?.close();
  });

  const query = '{ me { id name unread } everyone { name unread } }';
  const answerFor = (client: string): object => {
    const own = { name: `name of ${client}`, unread: `mail of ${client}` };
    return { me: { id: '1', ...own }, everyone: [own, own] };
  };

  test('get their own answers when many of them ask the same at once', async () => {
    const random = new Random(3);
    const clients = Array.from({ length: 300 }, () => `client-${random.integer(1, 40)}`);
    const answers = await Promise.all(
      clients.map((client) => runOperation(engine, { query, headers: { authorization: client } })),
    );
    expect(answers.map(({ data }) => data)).toEqual(clients.map(answerFor));
    expect(answers.flatMap(({ errors }) => errors ?? [])).toEqual([]);
  });

  test('get their own answer or an error, never the answer of another, when subgraphs fail in between', async () => {
    const random = new Random(4);
    host.interfere((_request, response) => {
      if (!random.chance(0.3)) return false;
      if (random.chance(0.5)) response.destroy();
      else response.writeHead(503).end();
      return true;
    });
    const clients = Array.from({ length: 200 }, (_item, index) => `client-${index % 25}`);
    const answers = await Promise.all(
      clients.map((client) => runOperation(engine, { query, headers: { authorization: client } })),
    );
    const strangers = answers.flatMap(({ data }, index) => {
      const named = JSON.stringify(data).match(/client-\d+/g) ?? [];
      return named.filter((name) => name !== clients[index]);
    });
    expect(strangers).toEqual([]);
  });

  test('have each of their mutations run once, however many are alike', async () => {
    const mutation = { query: 'mutation { count }', headers: { authorization: 'client-1' } };
    const answers = await Promise.all(Array.from({ length: 50 }, () => runOperation(engine, mutation)));
    const counts = answers.map(({ data }) => (data as { count: number }).count);
    expect([...counts].sort((one, other) => one - other)).toEqual(
      Array.from({ length: 50 }, (_item, index) => index + 1),
    );
  });

  test('have no mutation sent again after a failure', async () => {
    host.interfere((_request, response) => {
      response.destroy();
      return true;
    });
    const answer = await runOperation(engine, { query: 'mutation { count }' });
    expect(answer.errors).toHaveLength(1);
    expect(host.requests).toHaveLength(1);
  });
});
