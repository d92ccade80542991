import type { BsonDocument } from '../values/bson-document.ts';
import { BUILT_IN_ROLES, CLUSTER_ROLES, type Privilege } from './privileges.ts';
import type { ScramCredential } from './scram.ts';

/** A role by name; roles belong to a database. */
export interface RoleName {
  readonly role: string;
  readonly db: string;
}

/** A user of one database, as it is kept in the folder. */
export interface StoredUser {
  readonly user: string;
  readonly db: string;
  readonly roles: readonly RoleName[];
  readonly credential: ScramCredential;
}

/** A role that was made by `createRole`. */
export interface StoredRole extends RoleName {
  readonly privileges: readonly {
    readonly database: string;
    readonly collection: string;
    readonly actions: readonly string[];
  }[];
  readonly roles: readonly RoleName[];
}

const keyOf = (db: string, name: string): string => `${db}.${name}`;

/** The users and roles of this server. */
export class UserDirectory {
  private readonly users = new Map<string, StoredUser>();
  private readonly roles = new Map<string, StoredRole>();

  /** Finds a user; a user given at start hides a stored one of the same name. */
  find(db: string, user: string): StoredUser | undefined {
    return this.users.get(keyOf(db, user));
  }

  put(user: StoredUser): void {
    this.users.set(keyOf(user.db, user.user), user);
  }

  remove(db: string, user: string): boolean {
    return this.users.delete(keyOf(db, user));
  }

  findRole(name: RoleName): StoredRole | undefined {
    return this.roles.get(keyOf(name.db, name.role));
  }

  putRole(role: StoredRole): void {
    this.roles.set(keyOf(role.db, role.role), role);
  }

  removeRole(name: RoleName): boolean {
    return this.roles.delete(keyOf(name.db, name.role));
  }

  /** Every user, for the snapshot and for usersInfo. */
  allUsers(): readonly StoredUser[] {
    return [...this.users.values()];
  }

  allRoles(): readonly StoredRole[] {
    return [...this.roles.values()];
  }

  /** True when the role can be granted. */
  knowsRole(name: RoleName): boolean {
    return (
      Object.hasOwn(BUILT_IN_ROLES, name.role) ||
      (name.db === 'admin' && Object.hasOwn(CLUSTER_ROLES, name.role)) ||
      this.roles.has(keyOf(name.db, name.role))
    );
  }

  /** What a list of roles allows, inherited roles included. */
  privilegesOf(names: readonly RoleName[], seen = new Set<string>()): Privilege[] {
    return names.flatMap((name): Privilege[] => {
      const key = keyOf(name.db, name.role);
      if (seen.has(key)) return [];
      seen.add(key);
      const cluster = name.db === 'admin' ? CLUSTER_ROLES[name.role] : undefined;
      if (cluster !== undefined) {
        return [{ database: '*', collection: '', actions: new Set(cluster) }];
      }
      const builtIn = BUILT_IN_ROLES[name.role];
      if (builtIn !== undefined) {
        return [{ database: name.db, collection: '', actions: new Set(builtIn) }];
      }
      const made = this.roles.get(key);
      if (made === undefined) return [];
      const own = made.privileges.map((privilege) => ({
        database: privilege.database === '' ? '*' : privilege.database,
        collection: privilege.collection,
        actions: new Set(privilege.actions),
      }));
      return [...own, ...this.privilegesOf(made.roles, seen)];
    });
  }
}

/** A user as `usersInfo` shows it: no credential. */
export function describeUser(user: StoredUser): BsonDocument {
  return {
    _id: keyOf(user.db, user.user),
    user: user.user,
    db: user.db,
    roles: user.roles.map((role) => ({ ...role })),
    mechanisms: ['SCRAM-SHA-256'],
  };
}
