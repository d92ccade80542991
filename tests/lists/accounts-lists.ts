import { type EntityKind, anyEntities, anyList } from './generate-arguments.ts';
import type { ListKind, OracleCondition } from './list-kind.ts';
import { atOrAfter, before, date, text } from './row-values.ts';
import { type Row, countries, instants } from './rows.ts';
import { type Draft, type Fields, nested, plain, selectSome } from './selection.ts';
import type { StoredRows } from './stored-rows.ts';

/** What can be asked of accounts, and what it has to answer from these rows. */
export function accountsLists(stored: StoredRows, draft: Draft) {
  const users = () => stored.of('users');
  const isStaff = draft.caller?.scopes?.includes('users:read:all') === true;
  const isRefused = (user: Row) => !isStaff && draft.caller?.subject !== user['id'];
  const kind: ListKind<undefined, Row> = {
    field: 'users',
    filterType: 'UserFilter',
    sort: { type: 'UserSort', by: 'USERNAME', direction: 'ASC' },
    keysBy: {
      USERNAME: [text('username', 'username')],
      REGISTERED_AT: [date('registeredAt', 'registered_at'), text('id', 'id')],
    },
    conditions: [...conditions, liveIn(stored)],
    rowsOf: users,
    all: users,
    node: () => userFields(stored, draft, isRefused),
    isRefused: () => !isStaff,
  };
  const byKey = (key: string, typed: (value: string) => string) => ({
    [key]: ({ random }: Draft) => {
      const value = random.chance(0.8) ? String(random.pick(users())[key]) : random.pick(['', 'nobody', '%']);
      const inner = selectSome(draft, kind.node());
      const found = () => users().find((user) => user[key] === value) ?? null;
      return {
        text: `user(${key}: ${draft.variable(key === 'id' ? 'ID' : 'String', typed(value))}) { ${inner.text} }`,
        answer: () => (found() === null ? null : inner.answer(found() as Row)),
      };
    },
  });
  const entity: EntityKind<Row> = {
    typeName: 'User',
    fields: kind.node,
    representationFor: (random) => {
      const user = random.pick(users());
      const found = [{ id: user['id'] }, { username: user['username'] }, { ...user, id: user['id'] }];
      return random.chance(0.8)
        ? random.pick(found)
        : random.pick([{ id: 'nobody' }, { username: 'NoBody' }, { id: '' }]);
    },
    find: ({ id, username }) =>
      users().find((user) => (id === undefined ? user['username'] === username : user['id'] === id)) ?? null,
  };
  const roots: Fields<undefined> = {
    ...anyList(kind),
    ...byKey('id', (value) => value),
    ...byKey('username', (value) => value.toUpperCase()),
    ...anyEntities([entity] as EntityKind<never>[]),
  };
  return { roots, walks: [{ kind, table: 'users', parents: [undefined], typeName: undefined }] };
}

const conditions: readonly OracleCondition<Row>[] = [
  {
    field: 'usernamePrefix',
    valueFor: (random) =>
      random.pick(['', 'a', 'A', 'AB', 'a.', 'b_', 'b%', '-', '_', '%', 'é', '\u{1f600}', ' a']),
    isMet: (user, prefix: string) => String(user['username']).startsWith(prefix.toLowerCase()),
  },
  atOrAfter('registeredFrom', 'registered_at', instants),
  before('registeredBefore', 'registered_at', instants),
];

function liveIn(stored: StoredRows): OracleCondition<Row> {
  return {
    field: 'country',
    valueFor: (random) => random.pick([...countries, 'de', 'FR']),
    isMet: (user, country: string) =>
      stored
        .of('addresses')
        .some((one) => one['user_id'] === user['id'] && one['country'] === country.toUpperCase()),
  };
}

function userFields(stored: StoredRows, draft: Draft, isRefused: (user: Row) => boolean): Fields<Row> {
  const addressesOf = (user: Row) =>
    stored
      .of('addresses')
      .filter((address) => address['user_id'] === user['id'])
      .sort((one, other) => Number(one['position']) - Number(other['position']));
  const addressFields = () => ({
    ...plain<Row>('id', (address) => address['id']),
    ...plain<Row>('city', (address) => address['city']),
    ...plain<Row>('country', (address) => address['country']),
    ...plain<Row>('isDefault', (address) => address['position'] === 0),
  });
  return {
    ...plain('id', (user) => user['id']),
    ...plain('username', (user) => user['username']),
    ...plain('name', (user) => user['name']),
    ...plain('registeredAt', (user) => user['registered_at']),
    ...plain('email', (user) => (isRefused(user) ? draft.refuse() : user['email'])),
    ...nested('addresses', addressFields, (user) => (isRefused(user) ? draft.refuse() : addressesOf(user))),
  };
}
