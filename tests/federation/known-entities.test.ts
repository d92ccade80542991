import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import type { Engine } from '../../gateway/engine.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { createEngineUnderTest, runOperation } from '../support/engines-under-test.ts';
import { type SubgraphHost, startSubgraphHost } from '../support/subgraph-host.ts';

const link =
  'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@requires", "@external"])\n';

const sdlByName = {
  accounts: `${link}
    type Query { me: User users: [User] }
    type Mutation { rename(id: ID!, name: String!): User }
    type User @key(fields: "id") { id: ID! name(short: Boolean): String nickname: String tags: [String] friend: User }`,
  posts: `${link}
    type User @key(fields: "id") { id: ID! posts: [Post] }
    type Post @key(fields: "id") { id: ID! author: User readers: [User] }`,
  likes: `${link}
    type Post @key(fields: "id") { id: ID! likes: Int }`,
};

const user = (id: string, rest: object = {}) => ({ id, name: `User ${id}`, tags: ['a'], ...rest });

const data = () => ({
  accounts: {
    Query: { me: { id: '1' }, users: [{ id: '1' }, { id: '2' }] },
    Mutation: { rename: ({ id }: { id: string }) => ({ id }) },
    User: [user('1', { nickname: 'One', friend: { id: '3' } }), user('2', { nickname: null }), user('3')],
  },
  posts: {
    User: ['1', '2', '3'].map((id) => ({ id, posts: [{ id: `p${id}` }] })),
    Post: ['1', '2', '3'].map((id) => ({
      id: `p${id}`,
      author: { id },
      readers: [{ id: '1' }, { id: '2' }, { id: '3' }],
    })),
  },
  likes: { Post: [{ id: 'p1', likes: 1 }] },
});

const host: SubgraphHost = await startSubgraphHost(sdlByName);
const supergraphSdl = composeSubgraphs(sdlByName);
const options = { supergraphSdl, subgraphUrls: host.urls };
const engine = await createEngineUnderTest('compiled', options);

/** The ids of the users that accounts was asked for, request by request; none for root fields. */
function listAsked(): readonly (readonly string[])[] {
  return host.requests
    .filter(({ subgraph }) => subgraph === 'accounts')
    .map(({ variables }) =>
      Object.values(variables).flatMap((list) => (list as { id: string }[]).map(({ id }) => id)),
    );
}

async function ask(query: string, asked: Engine = engine): Promise<unknown> {
  const answer = await runOperation(asked, { query });
  expect(answer.errors).toBeUndefined();
  return answer.data;
}

afterAll(async () => {
  await engine.close();
  await host.close();
});

beforeEach(() => {
  host.interfere(undefined);
  host.load(data());
});

describe('what a subgraph has told of an entity', () => {
  test('is not asked for again', async () => {
    expect(await ask('{ me { name posts { author { name } } } }')).toEqual({
      me: { name: 'User 1', posts: [{ author: { name: 'User 1' } }] },
    });
    expect(listAsked()).toEqual([[]]);
  });

  test('is left out of a list of others', async () => {
    expect(await ask('{ users { name posts { readers { name } } } }')).toMatchObject({
      users: [
        { posts: [{ readers: [{ name: 'User 1' }, { name: 'User 2' }, { name: 'User 3' }] }] },
        { name: 'User 2' },
      ],
    });
    expect(listAsked()).toEqual([[], ['3']]);
  });

  test('is asked for again where it was null, or a list: a null may come of an error', async () => {
    const query = (field: string) => `{ users { ${field} posts { author { ${field} } } } }`;
    expect(await ask(query('nickname'))).toEqual({
      users: [
        { nickname: 'One', posts: [{ author: { nickname: 'One' } }] },
        { nickname: null, posts: [{ author: { nickname: null } }] },
      ],
    });
    expect(listAsked()).toEqual([[], ['2']]);
    host.clear();
    await ask(query('tags'));
    expect(listAsked()).toEqual([[], ['1', '2']]);
  });

  test('is asked for again with other arguments, with more fields, and with inner ones', async () => {
    for (const [first, second] of [
      ['name', 'name(short: true)'],
      ['name', 'name nickname'],
      ['friend { name }', 'friend { name }'],
    ]) {
      host.clear();
      await ask(`{ me { ${first} posts { author { ${second} } } } }`);
      expect(listAsked()).toEqual([[], ['1']]);
    }
  });

  test('is known by the name of the field, whatever the client calls it', async () => {
    expect(await ask('{ me { a: name posts { author { b: name } } } }')).toEqual({
      me: { a: 'User 1', posts: [{ author: { b: 'User 1' } }] },
    });
    expect(listAsked()).toEqual([[]]);
  });

  test('is asked for again after a mutation', async () => {
    await ask('mutation { rename(id: "1", name: "x") { name posts { author { name } } } }');
    expect(host.requests.map(({ subgraph }) => subgraph)).toEqual(['accounts', 'posts', 'accounts']);
  });

  test('does not outlive its request', async () => {
    const query = '{ me { name posts { author { name } readers { name } } } }';
    const first = await ask(query);
    expect(await ask(query)).toEqual(first);
    const changed = data();
    changed.accounts.User[0] = user('1', { name: 'Changed' });
    host.load(changed);
    expect(await ask(query)).toEqual({
      me: {
        name: 'Changed',
        posts: [
          {
            author: { name: 'Changed' },
            readers: [{ name: 'Changed' }, { name: 'User 2' }, { name: 'User 3' }],
          },
        ],
      },
    });
  });

  test('is there too when a later answer is another one than at the last run', async () => {
    const query = '{ me { name posts { author { name } likes } } }';
    const expected = (likes: number) => ({
      me: { name: 'User 1', posts: [{ author: { name: 'User 1' }, likes }] },
    });
    expect(await ask(query)).toEqual(expected(1));
    host.load({ ...data(), likes: { Post: [{ id: 'p1', likes: 2 }] } });
    expect(await ask(query)).toEqual(expected(2));
    expect(listAsked()).toEqual([[]]);
  });

  test('is asked for again where that is switched off', async () => {
    const compiled = { reuseEntityFields: false };
    const other = await createEngineUnderTest('compiled', { ...options, compiled });
    try {
      await ask('{ me { name posts { author { name } } } }', other);
      expect(listAsked()).toEqual([[], ['1']]);
    } finally {
      await other.close();
    }
  });
});
