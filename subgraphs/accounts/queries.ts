import { randomUUID } from 'node:crypto';

import type { Prisma, PrismaClient } from '../../prisma/accounts/client/client.ts';
import type { Connection, ConnectionAsked } from '../kit/connections/connection.ts';
import { buildConnection } from '../kit/connections/connection.ts';
import type { Page } from '../kit/connections/page.ts';
import { buildPrismaPage } from '../kit/connections/prisma-page.ts';
import { type SortOrder, buildSortOrder } from '../kit/connections/sort-order.ts';
import { selectFields } from '../kit/loading/select-fields.ts';
import type { AddressInput, RegisterUserInput, UpdateUserInput } from './user.ts';

/** A user as it is read: keys always, the rest when asked for. */
export interface UserRow {
  readonly id: string;
  readonly username: string;
  readonly registeredAt?: Date;
  readonly name?: string;
  readonly email?: string;
  readonly addresses?: readonly AddressRow[];
}

/** An address as it is read. */
export interface AddressRow extends AddressInput {
  readonly id: string;
  readonly position: number;
}

/** Which users to list. */
export interface UserFilter {
  readonly usernamePrefix?: string | null;
  readonly registeredFrom?: Date | null;
  readonly registeredBefore?: Date | null;
  readonly country?: string | null;
}

/** What users are ordered by. */
export interface UserSort {
  readonly by: 'USERNAME' | 'REGISTERED_AT';
  readonly direction: 'ASC' | 'DESC';
}

const always: Prisma.UserSelect = { id: true, username: true };
const byField: Readonly<Record<string, Prisma.UserSelect>> = {
  name: { name: true },
  email: { email: true },
  registeredAt: { registeredAt: true },
  addresses: { addresses: { orderBy: { position: 'asc' } } },
};

/** All users with one of these ids or usernames, in one statement. */
export async function loadUsers(
  database: PrismaClient,
  key: 'id' | 'username',
  values: readonly string[],
  asked: ReadonlySet<string>,
): Promise<UserRow[]> {
  // Prisma computes the row's type from a selection that is known when compiling; this one is known when running.
  return await database.user.findMany({
    where: { [key]: { in: [...values] } },
    select: selectFields(asked, always, byField),
    relationLoadStrategy: 'join',
  });
}

/** The order of a list of users. */
export function orderOfUsers({ by, direction }: UserSort): SortOrder<UserRow> {
  if (by === 'USERNAME')
    return buildSortOrder([{ name: 'username', direction, type: 'text', valueOf: (row) => row.username }]);
  return buildSortOrder([
    { name: 'registeredAt', direction, type: 'date', valueOf: (row) => row.registeredAt ?? new Date(0) },
    { name: 'id', direction, type: 'text', valueOf: (row) => row.id },
  ]);
}

/** A page of users; one statement for the rows and one for the count, each only when asked for. */
export async function listUsers(
  database: PrismaClient,
  filter: UserFilter,
  order: SortOrder<UserRow>,
  page: Page,
  asked: ConnectionAsked,
): Promise<Connection<UserRow>> {
  const conditions = conditionsOf(filter);
  const sortFields = order.keys.map((key) => key.name);
  const [rows, totalCount] = await Promise.all([
    asked.rows
      ? database.user.findMany({
          select: selectFields(new Set([...asked.nodeFields, ...sortFields]), always, byField),
          relationLoadStrategy: 'join',
          ...buildPrismaPage(page, order, conditions),
        })
      : [],
    asked.totalCount ? database.user.count({ where: { AND: conditions } }) : null,
  ]);
  return buildConnection(page, order, rows as UserRow[], totalCount);
}

function conditionsOf(filter: UserFilter): Prisma.UserWhereInput[] {
  const { usernamePrefix, registeredFrom, registeredBefore, country } = filter;
  return [
    ...(usernamePrefix ? [{ username: rangeOfPrefix(usernamePrefix.toLowerCase()) }] : []),
    ...(registeredFrom ? [{ registeredAt: { gte: registeredFrom } }] : []),
    ...(registeredBefore ? [{ registeredAt: { lt: registeredBefore } }] : []),
    // Kept in upper case, which the scalar does not ask for.
    ...(country ? [{ addresses: { some: { country: country.toUpperCase() } } }] : []),
  ];
}

/** A prefix as a range: the index answers it, and `_` and `%` in it mean themselves. */
function rangeOfPrefix(prefix: string) {
  return { gte: prefix, lt: `${prefix}\u{10ffff}` };
}

/** Adds a user in its kept form; the unique indexes on username and email are what decides whether they are free. */
export async function insertUser(
  database: PrismaClient,
  user: RegisterUserInput,
  registeredAt: Date,
): Promise<string> {
  const id = randomUUID();
  await database.user.create({
    data: {
      id,
      username: user.username,
      name: user.name,
      email: user.email,
      registeredAt,
      addresses: { create: addressRows(user.addresses) },
    },
    select: { id: true },
  });
  return id;
}

/** Changes a user and, when given, all of its addresses, together or not at all. False when there is no such user. */
export async function changeUser(
  database: PrismaClient,
  change: UpdateUserInput & { readonly id: string },
): Promise<boolean> {
  const { id, name, email, addresses } = change;
  return database.$transaction(async (transaction) => {
    // Also when only addresses change: the row's lock keeps two changes of one user apart.
    const { count } = await transaction.user.updateMany({
      where: { id },
      data: { id, ...(name ? { name } : {}), ...(email ? { email } : {}) },
    });
    if (count === 0) return false;
    if (addresses) {
      await transaction.address.deleteMany({ where: { userId: id } });
      await transaction.address.createMany({
        data: addressRows(addresses).map((address) => Object.assign(address, { userId: id })),
      });
    }
    return true;
  });
}

function addressRows(addresses: readonly AddressInput[]) {
  return addresses.map((address, position) => ({ id: randomUUID(), position, ...address }));
}
