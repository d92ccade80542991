import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { exportJWK, generateKeyPair, SignJWT, type GenerateKeyPairResult, type JWTPayload } from 'jose';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { startSubgraphHost, type SubgraphHost } from '../../tests/support/subgraph-host.ts';
import { listen, type ListeningGateway } from '../http/listen.ts';
import { createGateway } from '../index.ts';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: [
  "@key", "@shareable", "@external", "@requires", "@interfaceObject",
  { name: "@authenticated", as: "@signedIn" }, "@requiresScopes", "@policy"])`;
const sdlByName = {
  users: `${link}
    type Query { me: User @signedIn user(id: ID!): User users: [User!]! node: Node media: [Media] mood: Mood }
    type Mutation { rename: User @requiresScopes(scopes: [["users:write"]]) touch: User }
    interface Node { id: ID! note: String }
    type User implements Node @key(fields: "id") {
      id: ID!
      name: String
      note: String
      mail: String @requiresScopes(scopes: [["mail"], ["admin", "all"]])
      salary: Int! @policy(policies: [["payroll"]])
      friends: [User]
      mood: Mood
    }
    enum Mood @signedIn { GOOD BAD }
    union Media = Photo | Diary
    type Photo { url: String }
    type Diary implements Node @signedIn { id: ID! note: String text: String }
  `,
  reviews: `${link}
    type Query { reviews: [Review!]! posts: [Post] }
    type Review { id: ID! author: User! secret: String @signedIn }
    type User @key(fields: "id") { id: ID! reviews: [Review!] rank: Int @signedIn }
    interface Post @key(fields: "id") { id: ID! title: String }
    type Open implements Post @key(fields: "id") { id: ID! title: String }
    type Closed implements Post @key(fields: "id") @signedIn { id: ID! title: String }
  `,
  likes: `${link}
    type Post @key(fields: "id") @interfaceObject { id: ID! likes: Int @requiresScopes(scopes: [["likes"]]) }
  `,
};
const anna = {
  id: '1',
  name: 'Anna',
  note: 'n1',
  mail: 'a@x',
  salary: 5,
  mood: 'GOOD',
  friends: [{ id: '2' }],
};
const ben = { id: '2', name: 'Ben', note: 'n2', mail: 'b@x', salary: 6, mood: 'BAD', friends: [{ id: '1' }] };
const data = {
  users: {
    Query: {
      me: { id: '1' },
      user: { id: '1' },
      users: [{ id: '1' }, { id: '2' }],
      node: { __typename: 'User', ...anna },
      media: [
        { __typename: 'Photo', url: 'u' },
        { __typename: 'Diary', id: 'd', note: 'n', text: 't' },
      ],
      mood: 'GOOD',
    },
    Mutation: { rename: { id: '1' }, touch: { id: '1' } },
    User: [anna, ben],
  },
  reviews: {
    Query: {
      reviews: [{ id: 'r1', author: { id: '1' }, secret: 's' }],
      posts: [
        { __typename: 'Open', id: 'o', title: 'open' },
        { __typename: 'Closed', id: 'c', title: 'closed' },
      ],
    },
    User: [
      { id: '1', rank: 3, reviews: [{ id: 'r1', author: { id: '1' }, secret: 's' }] },
      { id: '2', rank: 4, reviews: [] },
    ],
    Open: [{ id: 'o', title: 'open' }],
    Closed: [{ id: 'c', title: 'closed' }],
  },
  likes: {
    Post: [
      { id: 'o', likes: 1 },
      { id: 'c', likes: 2 },
    ],
  },
};
const log = pino({ level: 'silent' });

let folder: string;
let subgraphs: SubgraphHost;
let mint: (claims: JWTPayload) => Promise<string>;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-authorization-'));
  subgraphs = await startSubgraphHost(sdlByName);
  subgraphs.load(data);
  await writeFile(path.join(folder, 'supergraph.graphql'), composeSubgraphs(sdlByName, subgraphs.urls));
  const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
  const key = { ...(await exportJWK(publicKey)), kid: 'one', alg: 'ES256' };
  await writeFile(path.join(folder, 'jwks.json'), JSON.stringify({ keys: [key] }));
  mint = (claims) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setExpirationTime('5m')
      .sign(privateKey);
});

afterAll(async () => {
  await subgraphs.close();
  await rm(folder, { recursive: true });
});

describe.each(['compiled', 'apollo'] as const)('before the engine "%s"', (engine) => {
  let gateway: ListeningGateway;

  beforeAll(async () => {
    const config = {
      supergraphFile: path.join(folder, 'supergraph.graphql'),
      jwks: [path.join(folder, 'jwks.json')],
      watchSupergraph: false,
      port: 0,
      engine,
    };
    gateway = await listen(await createGateway(config, log), log);
  });

  afterAll(() => gateway.stop());

  async function ask(
    query: string,
    claims?: JWTPayload,
    variables: Record<string, unknown> = {},
  ): Promise<{ data: unknown; denied: string[]; queries: string }> {
    subgraphs.clear();
    const response = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(claims && { authorization: `Bearer ${await mint(claims)}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await response.json()) as {
      data: unknown;
      errors?: { message: string; path: string[]; extensions: { code: string } }[];
    };
    const denied = (body.errors ?? []).map((error) =>
      error.extensions.code === 'UNAUTHORIZED_FIELD_OR_TYPE' ? error.path.join('/') : error.message,
    );
    return {
      data: body.data,
      denied,
      queries: subgraphs.requests.map((request) => request.query).join('\n'),
    };
  }

  test('a caller without a token gets null and an error for what needs one, and the rest', async () => {
    const { data, denied, queries } = await ask('{ me { name } user(id: 1) { name rank } }');
    expect(data).toEqual({ me: null, user: { name: 'Anna', rank: null } });
    expect(denied).toEqual(['me', 'user/rank']);
    expect(queries).not.toMatch(/\bme\b|rank/);
  });

  test('a caller with a token, its scopes and policies gets everything', async () => {
    const query = '{ me { name mail salary mood } }';
    const all = { sub: '1', scope: 'mail', policies: ['payroll'] };
    expect(await ask(query, all)).toMatchObject({
      data: { me: { name: 'Anna', mail: 'a@x', salary: 5, mood: 'GOOD' } },
      denied: [],
    });
    const other = await ask(query, { scope: ['admin', 'all'], policies: 'payroll' });
    expect(other.denied).toEqual([]);
  });

  test('scopes are held one list whole; two callers never share what one of them may see', async () => {
    const query = '{ user(id: 1) { name mail } }';
    for (let round = 0; round < 2; round += 1) {
      expect((await ask(query, { scope: 'admin' })).data).toEqual({ user: { name: 'Anna', mail: null } });
      expect((await ask(query, { scope: 'mail' })).data).toEqual({ user: { name: 'Anna', mail: 'a@x' } });
      expect((await ask(query)).denied).toEqual(['user/mail']);
    }
  });

  test('a name of the client is its own, whatever stands in the place of a field that was taken out', async () => {
    const { data, denied } = await ask(`
      { user(id: 1) { freehold_denied_0: name rank ...Friends } }
      fragment Friends on User { friends { freehold_denied_1: name rank } }`);
    expect(data).toEqual({
      user: {
        freehold_denied_0: 'Anna',
        rank: null,
        friends: [{ freehold_denied_1: 'Ben', rank: null }],
      },
    });
    expect(denied).toEqual(['user/rank', 'user/friends/@/rank']);
  });

  const paths: readonly [what: string, query: string, data: unknown, denied: string[]][] = [
    ['a root field', '{ user(id: 1) { rank } }', { user: { rank: null } }, ['user/rank']],
    ['a list', '{ users { rank } }', { users: [{ rank: null }, { rank: null }] }, ['users/@/rank']],
    [
      'another entity',
      '{ reviews { author { rank name } } }',
      { reviews: [{ author: { rank: null, name: 'Anna' } }] },
      ['reviews/@/author/rank'],
    ],
    [
      'itself',
      '{ user(id: 1) { friends { reviews { id } friends { rank } } } }',
      { user: { friends: [{ reviews: [], friends: [{ rank: null }] }] } },
      ['user/friends/@/friends/@/rank'],
    ],
    ['an alias', '{ user(id: 1) { id: rank } }', { user: { id: null } }, ['user/id']],
    [
      'a fragment in a fragment',
      '{ user(id: 1) { ...A } } fragment A on User { ...B } fragment B on User { rank }',
      { user: { rank: null } },
      ['user/rank'],
    ],
    [
      'an interface',
      '{ node { id ... on User { rank } } }',
      // Diary, which implements Node, needs a token: the interface's own fields, which may be read from it, do too.
      { node: null },
      ['node/id', 'node/rank'],
    ],
    ['a mutation', 'mutation { touch { rank } }', { touch: { rank: null } }, ['touch/rank']],
  ];
  test.each(paths)('a field stays shut through %s', async (_what, query, data, denied) => {
    const answer = await ask(query);
    expect(answer.denied).toEqual(denied);
    expect(answer.data).toEqual(data);
    expect(answer.queries).not.toContain('rank');
  });

  test('a denied mutation is not run', async () => {
    const { data, denied, queries } = await ask('mutation { rename { name } }', { scope: 'users:read' });
    expect(data).toEqual({ rename: null });
    expect(denied).toEqual(['rename']);
    expect(queries).toBe('');
  });

  test('a type is shut with its fields, and every field that returns it', async () => {
    expect(await ask('{ mood user(id: 1) { mood } }')).toMatchObject({
      data: { mood: null, user: { mood: null } },
      denied: ['mood', 'user/mood'],
    });
    expect(await ask('{ media { __typename ... on Photo { url } ... on Diary { text } } }')).toMatchObject({
      data: {
        media: [
          { __typename: 'Photo', url: 'u' },
          { __typename: 'Diary', text: null },
        ],
      },
      denied: ['media/@/... on Diary'],
    });
  });

  test('an interface needs what any of its types needs; a fragment on an open type does not', async () => {
    expect(await ask('{ posts { title } }')).toMatchObject({
      data: { posts: [{ title: null }, { title: null }] },
      denied: ['posts/@/title'],
    });
    const each = '{ posts { ... on Open { title } ... on Closed { title } } }';
    expect(await ask(each)).toMatchObject({
      data: { posts: [{ title: 'open' }, { title: null }] },
      denied: ['posts/@/... on Closed'],
    });
    expect((await ask(each, {})).data).toEqual({ posts: [{ title: 'open' }, { title: 'closed' }] });
  });

  test('a field of an interface object is shut on the interface and on its types', async () => {
    expect(await ask('{ posts { likes ... on Open { x: likes } } }', { scope: 'other' })).toMatchObject({
      data: { posts: [{ likes: null, x: null }, { likes: null }] },
      denied: ['posts/@/likes', 'posts/@/x'],
    });
    expect((await ask('{ posts { id likes } }', { scope: 'likes' })).data).toEqual({
      posts: [
        { id: 'o', likes: 1 },
        { id: 'c', likes: 2 },
      ],
    });
  });

  test('null goes up from a denied field that may not be null', async () => {
    expect(await ask('{ user(id: 1) { name salary } reviews { id } }')).toMatchObject({
      data: { user: null, reviews: [{ id: 'r1' }] },
      denied: ['user/salary'],
    });
    expect((await ask('{ users { salary } }')).data).toBeNull();
  });

  test('introspection beside a denied field keeps its named fragments', async () => {
    const query = `
      { me { name } __type(name: "Photo") { ...Named fields { ...Field } } }
      fragment Named on __Type { name }
      fragment Field on __Field { name type { ...Named } }`;
    expect((await ask(query)).data).toEqual({
      me: null,
      __type: { name: 'Photo', fields: [{ name: 'url', type: { name: 'String' } }] },
    });
  });

  test('conditions decide whether a denied field would be there at all', async () => {
    const query = 'query ($with: Boolean!) { user(id: 1) { name rank @include(if: $with) } }';
    expect(await ask(query, undefined, { with: false })).toMatchObject({
      data: { user: { name: 'Anna' } },
      denied: [],
    });
    expect(await ask(query, undefined, { with: true })).toMatchObject({
      data: { user: { name: 'Anna', rank: null } },
      denied: ['user/rank'],
    });
  });

  test('conditions of what is around a denied field decide too, and one of several places is enough', async () => {
    const query = `
      query ($a: Boolean = false, $b: Boolean!) {
        ...Mine @include(if: $a)
        user(id: 1) { ... @skip(if: $a) { rank } ... @include(if: $b) { rank } name }
        media { ... on Diary @include(if: $b) { text } ... on Photo { url } }
      }
      fragment Mine on Query { me { name } }`;
    const asked: readonly [Record<string, boolean>, string[]][] = [
      [{ b: false }, ['user/rank']],
      [{ b: true }, ['user/rank', 'media/@/... on Diary']],
      [{ a: true, b: false }, ['me']],
      [{ a: true, b: true }, ['me', 'user/rank', 'media/@/... on Diary']],
    ];
    for (const [variables, denied] of asked)
      expect((await ask(query, undefined, variables)).denied).toEqual(denied);
  });

  test('a request that is refused as a whole says nothing of denied fields', async () => {
    const query = 'query ($id: ID!) { me { name } user(id: $id) { name } }';
    const { data, denied } = await ask(query, undefined, { id: true });
    expect(data).toBeUndefined();
    expect(denied).toEqual([expect.stringContaining('Variable "$id"')]);
  });

  test('a token that is forged, stale or of another kind is refused, whatever is asked', async () => {
    const token = await mint({ sub: '1' });
    const [header = '', payload = '', signature = ''] = token.split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    const admin = Buffer.from('{"sub":"0","exp":99999999999}').toString('base64url');
    const foreign = await generateKeyPair('ES256');
    const sign = (seconds: number, key: GenerateKeyPairResult['privateKey']): Promise<string> =>
      new SignJWT({})
        .setProtectedHeader({ alg: 'ES256', kid: 'one' })
        .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
        .sign(key);
    for (const forged of [
      `${none}.${payload}.`,
      `${header}.${admin}.${signature}`,
      `${header}.${payload}.`,
      `${header}.${payload}`,
      await sign(300, foreign.privateKey),
      'x',
    ]) {
      const response = await fetch(`${gateway.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${forged}` },
        body: '{"query":"{ __typename }"}',
      });
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(await response.text()).toContain('"UNAUTHENTICATED"');
    }
  });
});
