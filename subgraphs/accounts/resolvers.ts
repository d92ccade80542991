import {
  GraphQLCountryCode,
  GraphQLDateTime,
  GraphQLEmailAddress,
  GraphQLNonNegativeInt,
} from 'graphql-scalars';

import type { PrismaClient } from '../../prisma/accounts/client/client.ts';
import { connectionAsked } from '../kit/connections/connection.ts';
import { type PageArguments, parsePage } from '../kit/connections/page.ts';
import { uniqueViolationOf } from '../kit/database/unique-violation.ts';
import { subjectOf } from '../kit/access.ts';
import type { Resolver, Resolvers } from '../kit/define-subgraph.ts';
import { fieldsAsked } from '../kit/loading/fields-asked.ts';
import { badInput } from '../kit/subgraph-error.ts';
import { refuseListOfUsers, refusePrivateParts } from './access.ts';
import {
  type AddressRow,
  type UserFilter,
  type UserRow,
  type UserSort,
  changeUser,
  insertUser,
  listUsers,
  loadUsers,
  orderOfUsers,
} from './queries.ts';
import {
  type AccountError,
  type RegisterUserInput,
  type UpdateUserInput,
  checkChange,
  checkNewUser,
  normaliseAddress,
  normaliseUser,
} from './user.ts';

interface UsersArguments extends PageArguments {
  readonly filter?: UserFilter | null;
  readonly sort: UserSort;
}

/** The resolvers of accounts. `clock` gives the time of a registration. */
export function createResolvers(clock: () => Date): Resolvers<PrismaClient> {
  return {
    DateTime: GraphQLDateTime,
    EmailAddress: GraphQLEmailAddress,
    CountryCode: GraphQLCountryCode,
    NonNegativeInt: GraphQLNonNegativeInt,
    Query: {
      async me(_source, _args, context, info) {
        const id = subjectOf(context.caller);
        return (await loadUsers(context.database, 'id', [id], fieldsAsked(info)))[0] ?? null;
      },
      async user(
        _source,
        args: { readonly id?: string | null; readonly username?: string | null },
        context,
        info,
      ) {
        const { id, username } = args;
        if (typeof id === 'string' && typeof username !== 'string')
          return (await loadUsers(context.database, 'id', [id], fieldsAsked(info)))[0] ?? null;
        if (typeof username === 'string' && typeof id !== 'string')
          return (
            (await loadUsers(context.database, 'username', [username.toLowerCase()], fieldsAsked(info)))[0] ??
            null
          );
        throw badInput('Give exactly one of "id" and "username" to user.');
      },
      users(_source, args: UsersArguments, context, info) {
        const refusal = refuseListOfUsers(context.caller);
        if (refusal) return refusal;
        const order = orderOfUsers(args.sort);
        const page = parsePage(args, order.name);
        return listUsers(context.database, args.filter ?? {}, order, page, connectionAsked(info));
      },
    },
    Mutation: createMutations(clock),
    User: {
      email: (user: UserRow, _args, { caller }) => refusePrivateParts(caller, user.id) ?? user.email,
      addresses: (user: UserRow, _args, { caller }) => refusePrivateParts(caller, user.id) ?? user.addresses,
    },
    Address: {
      isDefault: (address: AddressRow) => address.position === 0,
    },
  };
}

function createMutations(clock: () => Date): Readonly<Record<string, Resolver<PrismaClient>>> {
  return {
    async registerUser(_source, args: { readonly input: RegisterUserInput }, context, info) {
      const user = normaliseUser(args.input);
      const errors = checkNewUser(user);
      if (errors.length > 0) return { user: null, errors };
      const id = await insertUser(context.database, user, clock()).catch(
        takenAsData(user.username, user.email),
      );
      if (typeof id !== 'string') return { user: null, errors: [id] };
      return {
        user: (await loadUsers(context.database, 'id', [id], fieldsAsked(info, ['user'])))[0],
        errors,
      };
    },
    async updateUser(_source, args: { readonly input: UpdateUserInput }, context, info) {
      const id = subjectOf(context.caller);
      const { name, email, addresses } = args.input;
      const change = {
        id,
        name: name?.trim() ?? null,
        email: email?.trim().toLowerCase() ?? null,
        addresses: addresses?.map(normaliseAddress) ?? null,
      };
      const errors = checkChange(change);
      if (errors.length > 0) return { user: null, errors };
      const changed = await changeUser(context.database, change).catch(takenAsData('', change.email ?? ''));
      if (typeof changed === 'object') return { user: null, errors: [changed] };
      if (!changed) return { user: null, errors: [userNotFound(id)] };
      return {
        user: (await loadUsers(context.database, 'id', [id], fieldsAsked(info, ['user'])))[0],
        errors,
      };
    },
  };
}

function userNotFound(id: string): AccountError {
  return {
    code: 'USER_NOT_FOUND',
    field: null,
    message: `There is no user with the id ${JSON.stringify(id)}, which the token names.`,
  };
}

/** Turns the violation of a unique index into what the caller is told; any other failure goes on. */
function takenAsData(username: string, email: string): (error: unknown) => AccountError {
  return (error) => {
    const violation = uniqueViolationOf(error);
    if (violation?.includes('username'))
      return { code: 'USERNAME_TAKEN', field: 'username', message: `The username "${username}" is taken.` };
    if (violation?.includes('email'))
      return { code: 'EMAIL_TAKEN', field: 'email', message: `The e-mail address "${email}" is in use.` };
    throw error;
  };
}
