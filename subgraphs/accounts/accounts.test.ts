import { randomBytes } from 'node:crypto';

import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { userAt } from '../../prisma/shop-data/users.ts';
import { askSubgraphAs, readServiceSchema } from '../../tests/support/ask-subgraph.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../../tests/support/service-database.ts';
import { makeTestKeys, type TestCaller } from '../../tests/support/signed-caller.ts';
import { type RunningSubgraph, serveSubgraph } from '../kit/serve-subgraph.ts';
import { createSubgraph } from './subgraph.ts';

let database: ServiceDatabaseUnderTest;
let service: RunningSubgraph;
const clerk: TestCaller = { subject: 'clerk', scopes: ['users:read:all'] };
const ask = (query: string, variables = {}, caller: TestCaller | undefined = clerk) =>
  askSubgraphAs(caller, { service: 'accounts', url: service.url }, query, variables);
const users = Array.from({ length: 200 }, (_, place) => userAt(place + 1));

beforeAll(async () => {
  database = await openServiceDatabase('accounts');
  service = await serveSubgraph(createSubgraph(readServiceSchema('accounts')), {
    databaseUrl: database.url,
    port: 0,
    signingKeys: makeTestKeys('accounts'),
    log: pino({ level: 'silent' }),
  });
});

afterAll(async () => {
  await service?.close();
  await database?.close();
});

describe('reading users', () => {
  test('finds one by id or by username, with its addresses in one statement', async () => {
    const [user] = users;
    const { data, statements } = await ask(
      'query($username: String) { user(username: $username) { id email registeredAt addresses { city isDefault } } }',
      { username: user?.username },
    );
    expect(data.user).toMatchObject({ id: 'user-1', email: user?.email, registeredAt: user?.registeredAt });
    expect(data.user.addresses).toEqual(
      user?.addresses.map(({ city }, place) => ({ city, isDefault: place === 0 })),
    );
    expect(statements).toHaveLength(1);
    expect(statements[0]?.cause).toBe('Query.user');
  });

  test('reads only the columns that were asked for', async () => {
    const { statements } = await ask('{ user(id: "user-1") { id } }');
    expect(statements[0]?.text).not.toContain('email');
  });

  test('wants exactly one of id and username', async () => {
    expect((await ask('{ user { id } }')).errors[0]).toMatchObject({
      message: 'Give exactly one of "id" and "username" to user.',
      extensions: { code: 'BAD_USER_INPUT' },
    });
  });

  test('refuses a value that the database cannot hold as the mistake of who gave it', async () => {
    const mistake = {
      message: 'A value is none that the database of accounts can hold.',
      extensions: { code: 'BAD_USER_INPUT' },
    };
    const byId = await ask('query($id: ID) { user(id: $id) { id } }', { id: 'user-1\0' });
    expect(byId.errors).toMatchObject([mistake]);
    const byDate = await ask(
      '{ users(filter: { registeredFrom: "0000-01-01T00:00:00Z" }) { nodes { id } } }',
    );
    expect(byDate.errors).toMatchObject([mistake]);
  });

  test('answers the others where a representation has a key that no text column holds', async () => {
    const { data, errors } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on User { id } } }',
      {
        keys: [
          { __typename: 'User', id: 'user-1' },
          { __typename: 'User', id: 'user-2\0' },
        ],
      },
    );
    expect(data._entities).toEqual([{ id: 'user-1' }, null]);
    expect(errors).toMatchObject([{ path: ['_entities', 1], extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  test('knows no entity by a name that every object has', async () => {
    const { data, errors } = await ask(
      'query($keys: [_Any!]!) { _entities(representations: $keys) { ... on User { id } } }',
      {
        keys: [
          { __typename: 'User', id: 'user-1' },
          { __typename: 'constructor', id: 'user-1' },
        ],
      },
    );
    expect(data._entities).toEqual([{ id: 'user-1' }, null]);
    expect(errors).toMatchObject([{ message: 'This service has no entity of type "constructor".' }]);
  });

  test('answers representations in order, missing ones as null, with one statement for each key', async () => {
    const { data, statements } = await ask(
      `query($keys: [_Any!]!) {
        names: _entities(representations: $keys) { ... on User { id name } }
        mails: _entities(representations: $keys) { ... on User { email } }
      }`,
      {
        keys: [
          { __typename: 'User', id: 'user-3' },
          { __typename: 'User', username: users[3]?.username },
          { __typename: 'User', id: 'nobody' },
          { __typename: 'User', id: 'user-1' },
          { __typename: 'User', id: 'user-3' },
        ],
      },
    );
    expect(data.names.map((user: { id: string } | null) => user?.id)).toEqual([
      'user-3',
      'user-4',
      undefined,
      'user-1',
      'user-3',
    ]);
    expect(data.mails[0]).toEqual({ email: users[2]?.email });
    expect(statements.map(({ cause, batchSize, rows }) => ({ cause, batchSize, rows }))).toEqual(
      expect.arrayContaining([
        { cause: 'User', batchSize: 3, rows: 2 },
        { cause: 'User', batchSize: 1, rows: 1 },
      ]),
    );
    expect(statements).toHaveLength(2);
  });

  test('walks the whole list forward and backward, each user once', async () => {
    const expected = users.map((user) => user.username).sort();
    const query = (args: string) =>
      `{ users(${args}) { nodes { username } pageInfo { startCursor endCursor hasNextPage hasPreviousPage } } }`;
    const forward: string[] = [];
    for (let after = ''; ;) {
      const { data } = await ask(query(`first: 70${after}`));
      forward.push(...data.users.nodes.map((user: { username: string }) => user.username));
      if (!data.users.pageInfo.hasNextPage) break;
      after = `, after: "${data.users.pageInfo.endCursor}"`;
    }
    const backward: string[] = [];
    for (let before = ''; ;) {
      const { data } = await ask(query(`last: 70${before}`));
      backward.unshift(...data.users.nodes.map((user: { username: string }) => user.username));
      if (!data.users.pageInfo.hasPreviousPage) break;
      before = `, before: "${data.users.pageInfo.startCursor}"`;
    }
    expect(forward).toEqual(expected);
    expect(backward).toEqual(expected);
  });

  test('filters, and counts only when asked to', async () => {
    const { data, statements } = await ask(
      '{ users(first: 0, filter: { usernamePrefix: "ada", country: "DE" }) { totalCount } }',
    );
    const matching = users.filter(
      (user) => user.username.startsWith('ada') && user.addresses.some((address) => address.country === 'DE'),
    );
    expect(data.users.totalCount).toBe(matching.length);
    expect(statements).toHaveLength(1);
    expect((await ask('{ users(first: 1) { nodes { id } } }')).statements).toHaveLength(1);
  });

  test('finds users by their country however it is written', async () => {
    const { data } = await ask(
      '{ upper: users(filter: { country: "DE" }) { totalCount } lower: users(filter: { country: "de" }) { totalCount } }',
    );
    expect(data.lower).toEqual(data.upper);
  });

  test('takes a prefix as it is written, not as a pattern', async () => {
    expect(
      (await ask('{ users(filter: { usernamePrefix: "_" }) { nodes { id } } }')).data.users.nodes,
    ).toEqual([]);
  });

  test('refuses a page that is too long and a cursor of another list', async () => {
    expect((await ask('{ users(first: 101) { nodes { id } } }')).errors[0]?.message).toBe(
      '"first" is 101; expected a number from 0 to 100.',
    );
    const { data } = await ask('{ users(first: 1) { pageInfo { endCursor } } }');
    const { errors } = await ask(
      'query($after: String) { users(sort: { by: REGISTERED_AT }, after: $after) { nodes { id } } }',
      {
        after: data.users.pageInfo.endCursor,
      },
    );
    expect(errors[0]?.message).toContain('a cursor of another order');
  });
});

describe('writing users', () => {
  const register = (input: object) =>
    ask(
      'mutation($input: RegisterUserInput!) { registerUser(input: $input) { user { id username email addresses { city isDefault } } errors { code field message } } }',
      { input },
    );

  test('registers a user in its kept form, and tells what is taken', async () => {
    const input = {
      username: 'Ada.Test',
      name: 'Ada',
      email: 'Ada@Example.org',
      addresses: [{ street: 'Mill Lane 1', city: 'Graz', postalCode: '8010', country: 'AT' }],
    };
    const { data } = await register(input);
    expect(data.registerUser).toMatchObject({
      user: {
        username: 'ada.test',
        email: 'ada@example.org',
        addresses: [{ city: 'Graz', isDefault: true }],
      },
      errors: [],
    });
    const again = await register({ ...input, email: 'other@example.org' });
    expect(again.data.registerUser).toEqual({
      user: null,
      errors: [{ code: 'USERNAME_TAKEN', field: 'username', message: 'The username "ada.test" is taken.' }],
    });
    const mail = await register({ ...input, username: 'someone.else' });
    expect(mail.data.registerUser.errors[0].code).toBe('EMAIL_TAKEN');
  });

  test('refuses an e-mail address that no index holds as the mistake of who gave it', async () => {
    const email = `${randomBytes(4_000).toString('hex')}@example.com`;
    const { errors } = await register({ username: 'far', name: 'F', email });
    expect(errors).toMatchObject([
      {
        message: '"input.email" has 8012 characters; expected at most 254.',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  test('refuses what is no e-mail address as the mistake of who gave it, as a variable too', async () => {
    const { errors } = await register({ username: 'near', name: 'N', email: 'nowhere' });
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('Value is not a valid email address: nowhere'),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  test('tells all that is wrong with a new user at once', async () => {
    const { data } = await register({ username: 'a b', name: ' ', email: 'x@example.org' });
    expect(data.registerUser.errors.map((error: { field: string }) => error.field)).toEqual([
      'username',
      'name',
    ]);
  });

  test('changes what is given and keeps the rest', async () => {
    const { data } = await ask(
      `mutation { updateUser(input: { name: "New Name", addresses: [] }) { user { name email addresses { id } } errors { code } } }`,
      {},
      { subject: 'user-9' },
    );
    expect(data.updateUser).toEqual({
      user: { name: 'New Name', email: users[8]?.email, addresses: [] },
      errors: [],
    });
    const missing = await ask(
      'mutation { updateUser(input: {}) { user { id } errors { code } } }',
      {},
      { subject: 'nobody' },
    );
    expect(missing.data.updateUser.errors).toEqual([{ code: 'USER_NOT_FOUND' }]);
  });

  test('sees what the mutation before it in the same document wrote', async () => {
    const { data } = await ask(
      `mutation {
        one: updateUser(input: { name: "One" }) { user { name } }
        two: updateUser(input: { name: "Two" }) { user { name } }
      }`,
      {},
      { subject: 'user-10' },
    );
    expect([data.one.user.name, data.two.user.name]).toEqual(['One', 'Two']);
  });
});

describe('who may see what', () => {
  const own = 'query($id: ID) { user(id: $id) { username email addresses { city } } }';

  test('e-mail address and addresses are the user’s own, and for those with the scope', async () => {
    const [user] = users;
    const seen = { email: user?.email, addresses: user?.addresses.map(({ city }) => ({ city })) };
    for (const caller of [{ subject: 'user-1' }, clerk]) {
      const { data, errors } = await ask(own, { id: 'user-1' }, caller);
      expect({ data, errors }).toEqual({ data: { user: { username: user?.username, ...seen } }, errors: [] });
    }
    for (const [caller, code] of [
      [{ subject: 'user-2', scopes: ['orders:read:all'] }, 'FORBIDDEN'],
      [{}, 'FORBIDDEN'],
      [undefined, 'UNAUTHENTICATED'],
    ] as const) {
      const { data, errors } = await askSubgraphAs(caller, { service: 'accounts', url: service.url }, own, {
        id: 'user-1',
      });
      expect(data.user).toEqual({ username: user?.username, email: null, addresses: null });
      expect(errors.map(({ extensions }) => extensions.code)).toEqual([code, code]);
    }
  });

  test('`me` is the user that the token names, and nobody when the shop does not have that user', async () => {
    const query = '{ me { id email } }';
    expect((await ask(query, {}, { subject: 'user-5' })).data.me).toEqual({
      id: 'user-5',
      email: users[4]?.email,
    });
    expect(await ask(query, {}, { subject: 'stranger' })).toMatchObject({ data: { me: null }, errors: [] });
    expect((await ask(query, {}, { scopes: ['users:read:all'] })).errors[0]?.extensions.code).toBe(
      'UNAUTHENTICATED',
    );
  });

  test('the list of users is for those with the scope', async () => {
    const { data, errors, statements } = await ask(
      '{ users(filter: { country: "DE" }) { totalCount } }',
      {},
      { subject: 'user-1' },
    );
    expect([data.users, errors[0]?.extensions.code, statements]).toEqual([null, 'FORBIDDEN', []]);
  });
});
