import { deriveCredential } from '../auth/scram.ts';
import { describeUser, type RoleName, type StoredRole } from '../auth/users.ts';
import { CommandError } from '../command-error.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import type { CommandContext, CommandDefinition } from './command.ts';
import { documentOption, stringOption } from './command-options.ts';

function rolesOf(context: CommandContext): RoleName[] {
  const { roles } = context.command;
  if (!Array.isArray(roles)) {
    throw new CommandError('TypeMismatch', "BSON field 'roles' must be an array");
  }
  return roles.map((given: unknown): RoleName => {
    const role =
      typeof given === 'string'
        ? { role: given, db: context.database }
        : isDocument(given)
          ? { role: stringOption(given, 'role'), db: stringOption(given, 'db') }
          : null;
    if (role === null || !context.server.store.users.knowsRole(role)) {
      throw new CommandError('RoleNotFound', `Could not find role: ${role?.role ?? ''}@${role?.db ?? ''}`);
    }
    return role;
  });
}

function nameOf(context: CommandContext): string {
  return stringOption(context.command, context.name);
}

async function putUser(context: CommandContext, password: string): Promise<BsonDocument> {
  const { store } = context.server;
  const user = {
    user: nameOf(context),
    db: context.database,
    roles: rolesOf(context),
    credential: deriveCredential(password),
  };
  store.users.put(user);
  await store.persist([{ o: 'user', user }]);
  return {};
}

const createUser: CommandDefinition = {
  name: 'createUser',
  fields: ['pwd', 'roles', 'customData', 'mechanisms', 'digestPassword', 'authenticationRestrictions'],
  needs: 'createUser',
  run(context) {
    if (context.server.store.users.find(context.database, nameOf(context)) !== undefined) {
      throw new CommandError('Location51003', `User "${nameOf(context)}@${context.database}" already exists`);
    }
    return putUser(context, stringOption(context.command, 'pwd'));
  },
};

const updateUser: CommandDefinition = {
  name: 'updateUser',
  fields: ['pwd', 'roles', 'customData', 'mechanisms', 'digestPassword'],
  needs: 'createUser',
  async run(context) {
    const { store } = context.server;
    const known = store.users.find(context.database, nameOf(context));
    if (known === undefined) {
      throw new CommandError('UserNotFound', `User ${nameOf(context)}@${context.database} not found`);
    }
    const { pwd, roles } = context.command;
    const user = {
      ...known,
      roles: roles === undefined ? known.roles : rolesOf(context),
      credential:
        pwd === undefined ? known.credential : deriveCredential(stringOption(context.command, 'pwd')),
    };
    store.users.put(user);
    await store.persist([{ o: 'user', user }]);
    return {};
  },
};

const dropUser: CommandDefinition = {
  name: 'dropUser',
  fields: [],
  needs: 'createUser',
  async run(context) {
    const { store } = context.server;
    const user = nameOf(context);
    if (!store.users.remove(context.database, user)) {
      throw new CommandError('UserNotFound', `User '${user}@${context.database}' not found`);
    }
    await store.persist([{ o: 'unuser', db: context.database, user }]);
    return {};
  },
};

const usersInfo: CommandDefinition = {
  name: 'usersInfo',
  fields: ['showCredentials', 'showPrivileges', 'filter'],
  needs: 'viewUser',
  run(context) {
    const wanted = context.command['usersInfo'];
    const name = isDocument(wanted) ? wanted['user'] : wanted;
    const db = isDocument(wanted) ? wanted['db'] : context.database;
    const users = context.server.store.users
      .allUsers()
      .filter((user) => user.db === db && (wanted === 1 || user.user === name));
    return { users: users.map(describeUser) };
  },
};

function parsePrivileges(context: CommandContext): StoredRole['privileges'] {
  const { privileges } = context.command;
  if (!Array.isArray(privileges)) {
    throw new CommandError('TypeMismatch', "BSON field 'createRole.privileges' must be an array");
  }
  return privileges.map((privilege: unknown) => {
    const given = isDocument(privilege) ? privilege : {};
    const resource = documentOption(given, 'resource');
    const { actions } = given;
    if (!Array.isArray(actions) || !actions.every((action) => typeof action === 'string')) {
      throw new CommandError('TypeMismatch', 'A privilege needs a resource and an array of actions');
    }
    return {
      database: stringOption(resource, 'db'),
      collection: stringOption(resource, 'collection'),
      actions,
    };
  });
}

const createRole: CommandDefinition = {
  name: 'createRole',
  fields: ['privileges', 'roles', 'authenticationRestrictions'],
  needs: 'createRole',
  async run(context) {
    const { store } = context.server;
    const role = {
      role: nameOf(context),
      db: context.database,
      privileges: parsePrivileges(context),
      roles: rolesOf(context),
    };
    if (store.users.knowsRole(role)) {
      throw new CommandError('Location51002', `Role "${role.role}@${role.db}" already exists`);
    }
    store.users.putRole(role);
    await store.persist([{ o: 'role', role }]);
    return {};
  },
};

const dropRole: CommandDefinition = {
  name: 'dropRole',
  fields: [],
  needs: 'createRole',
  async run(context) {
    const { store } = context.server;
    const role = { role: nameOf(context), db: context.database };
    if (!store.users.removeRole(role)) {
      throw new CommandError('RoleNotFound', `Role '${role.role}@${role.db}' not found`);
    }
    await store.persist([{ o: 'unrole', ...role }]);
    return {};
  },
};

/** The commands on users and roles. */
export const userCommands: readonly CommandDefinition[] = [
  createUser,
  updateUser,
  dropUser,
  usersInfo,
  createRole,
  dropRole,
];
