/** What a command may be asked to prove, after MongoDB's privilege actions. */
export type Action =
  | 'find'
  | 'insert'
  | 'update'
  | 'remove'
  | 'createCollection'
  | 'dropCollection'
  | 'dropDatabase'
  | 'collMod'
  | 'createIndex'
  | 'dropIndex'
  | 'renameCollectionSameDB'
  | 'listCollections'
  | 'listIndexes'
  | 'collStats'
  | 'dbStats'
  | 'enableProfiler'
  | 'createUser'
  | 'createRole'
  | 'viewUser'
  | 'listDatabases'
  | 'serverStatus'
  | 'inprog'
  | 'bypassDocumentValidation'
  | 'shutdown';

/** Some actions on a database; `database: '*'` is every one of them. */
export interface Privilege {
  readonly database: string;
  /** Empty for every collection of the database. */
  readonly collection: string;
  readonly actions: ReadonlySet<string>;
}

const READ: readonly Action[] = ['find', 'listCollections', 'listIndexes', 'collStats', 'dbStats'];
const READ_WRITE: readonly Action[] = [
  ...READ,
  'insert',
  'update',
  'remove',
  'createCollection',
  'dropCollection',
  'createIndex',
  'dropIndex',
  'renameCollectionSameDB',
];
const DB_ADMIN: readonly Action[] = [
  'listCollections',
  'listIndexes',
  'collStats',
  'dbStats',
  'collMod',
  'createCollection',
  'createIndex',
  'dropCollection',
  'dropDatabase',
  'dropIndex',
  'enableProfiler',
  'renameCollectionSameDB',
  'bypassDocumentValidation',
];
const USER_ADMIN: readonly Action[] = ['createUser', 'createRole', 'viewUser'];
const OWNER: readonly Action[] = [...READ_WRITE, ...DB_ADMIN, ...USER_ADMIN];

/** The built-in roles that this server knows, with their actions as MongoDB's manual lists them. */
export const BUILT_IN_ROLES: Readonly<Record<string, readonly Action[]>> = {
  read: READ,
  readWrite: READ_WRITE,
  dbAdmin: DB_ADMIN,
  userAdmin: USER_ADMIN,
  dbOwner: OWNER,
};

/** Roles of the `admin` database that reach every database. */
export const CLUSTER_ROLES: Readonly<Record<string, readonly Action[]>> = {
  readAnyDatabase: [...READ, 'listDatabases'],
  readWriteAnyDatabase: [...READ_WRITE, 'listDatabases'],
  dbAdminAnyDatabase: [...DB_ADMIN, 'listDatabases'],
  userAdminAnyDatabase: [...USER_ADMIN, 'listDatabases'],
  clusterMonitor: ['serverStatus', 'inprog', 'listDatabases', 'collStats', 'dbStats'],
  root: [...OWNER, 'listDatabases', 'serverStatus', 'inprog', 'shutdown'],
};

/** True when one of the privileges allows the action on the collection. */
export function isAllowed(
  privileges: readonly Privilege[],
  action: Action,
  database: string,
  collection: string,
): boolean {
  return privileges.some(
    (privilege) =>
      (privilege.database === '*' || privilege.database === database) &&
      (privilege.collection === '' || privilege.collection === collection) &&
      privilege.actions.has(action),
  );
}
