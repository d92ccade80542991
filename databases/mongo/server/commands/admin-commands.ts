import { CommandError } from '../command-error.ts';
import { isAllowed } from '../auth/privileges.ts';
import { compileFilter } from '../query/compile-filter.ts';
import { calculateObjectSize } from 'bson';
import type { StoredCollection } from '../storage/stored-collection.ts';
import type { BsonDocument } from '../values/bson-document.ts';
import { isNumeric } from '../values/bson-type.ts';
import { type CommandContext, type CommandDefinition, requireCollection } from './command.ts';
import { documentOption, flagOption } from './command-options.ts';
import { SERVER_VERSION } from './hello.ts';

const ping: CommandDefinition = { name: 'ping', fields: [], needs: 'none', run: () => ({}) };

const buildInfo: CommandDefinition = {
  name: 'buildInfo',
  aliases: ['buildinfo'],
  fields: [],
  needs: 'none',
  run: () => ({
    version: SERVER_VERSION,
    versionArray: [...SERVER_VERSION.split('.').map(Number), 0],
    // So that nobody takes this for the product whose protocol it speaks.
    modules: ['freehold-development-server'],
    gitVersion: 'freehold-development-server',
    storageEngines: ['journal'],
    bits: 64,
    debug: false,
    maxBsonObjectSize: 16_777_216,
  }),
};

const connectionStatus: CommandDefinition = {
  name: 'connectionStatus',
  fields: ['showPrivileges'],
  needs: 'none',
  run({ connection: { user }, server }) {
    const stored = user === null ? undefined : server.store.users.find(user.database, user.name);
    return {
      authInfo: {
        authenticatedUsers: user === null ? [] : [{ user: user.name, db: user.database }],
        authenticatedUserRoles: (stored?.roles ?? []).map((role) => ({ ...role })),
      },
    };
  },
};

const serverStatus: CommandDefinition = {
  name: 'serverStatus',
  fields: ['repl', 'metrics', 'locks', 'network', 'opcounters'],
  needs: 'serverStatus',
  run({ server }) {
    const uptimeMillis = Date.now() - server.startedAt;
    return {
      host: server.address(),
      version: SERVER_VERSION,
      process: 'freehold-development-server',
      pid: process.pid,
      uptime: Math.floor(uptimeMillis / 1000),
      uptimeMillis,
      localTime: new Date(),
      connections: { current: server.openConnections() },
      opcounters: { ...server.counters },
      metrics: { cursor: { open: { total: server.cursors.size } } },
      mem: { resident: Math.round(process.memoryUsage.rss() / 1_048_576) },
    };
  },
};

function sizeOf(collection: StoredCollection): number {
  let bytes = 0;
  for (const { document } of collection.records.values()) {
    if (document !== null) bytes += calculateObjectSize(document);
  }
  return bytes;
}

const listDatabases: CommandDefinition = {
  name: 'listDatabases',
  fields: ['filter', 'nameOnly', 'authorizedDatabases'],
  needs: 'login',
  run(context) {
    const { command, server, privileges } = context;
    const own = privileges();
    const isAdmin = isAllowed(own, 'listDatabases', 'admin', '');
    const isNameOnly = flagOption(command, 'nameOnly', false);
    const matches = compileFilter(documentOption(command, 'filter'));
    const databases = server.store.catalog
      .databaseNames()
      .filter((name) => isAdmin || isAllowed(own, 'find', name, ''))
      .map((name): BsonDocument => {
        if (isNameOnly) return { name };
        const sizeOnDisk = server.store.catalog
          .collectionsOf(name)
          .reduce((sum, collection) => sum + sizeOf(collection), 0);
        return { name, sizeOnDisk, empty: false };
      })
      .filter(matches);
    return { databases };
  },
};

const collStats: CommandDefinition = {
  name: 'collStats',
  aliases: ['collstats'],
  fields: ['scale'],
  needs: 'collStats',
  run(context) {
    const collection = requireCollection(context);
    return {
      ns: collection.namespace,
      count: collection.size,
      size: sizeOf(collection),
      nindexes: collection.indexes.size + (collection.textIndex === null ? 0 : 1),
    };
  },
};

const dbStats: CommandDefinition = {
  name: 'dbStats',
  aliases: ['dbstats'],
  fields: ['scale', 'freeStorage'],
  needs: 'dbStats',
  run({ server, database }) {
    const collections = server.store.catalog.collectionsOf(database);
    return {
      db: database,
      collections: collections.length,
      objects: collections.reduce((sum, { size }) => sum + size, 0),
      dataSize: collections.reduce((sum, collection) => sum + sizeOf(collection), 0),
    };
  },
};

const profile: CommandDefinition = {
  name: 'profile',
  fields: ['slowms', 'sampleRate', 'filter'],
  needs: 'enableProfiler',
  run({ command, database, server }: CommandContext) {
    for (const name of ['sampleRate', 'filter']) {
      if (command[name] === undefined) continue;
      throw new CommandError(
        'NotImplemented',
        `The option ${name} of profile is not supported by the development server`,
      );
    }
    const settings = server.profiler.settingsOf(database);
    const was = { was: settings.level, slowms: settings.slowMs, sampleRate: 1 };
    const level = Number(command['profile']);
    if (![-1, 0, 1, 2].includes(level)) {
      throw new CommandError('BadValue', `Profiling level has to be >=0 and <=2, found ${level}`);
    }
    if (level >= 0) settings.level = level;
    if (isNumeric(command['slowms'])) settings.slowMs = Number(command['slowms']);
    return was;
  },
};

const replSetGetStatus: CommandDefinition = {
  name: 'replSetGetStatus',
  fields: [],
  needs: 'serverStatus',
  run: ({ server }) => ({
    set: server.replicaSet,
    date: new Date(),
    myState: 1,
    members: [{ _id: 0, name: server.address(), health: 1, state: 1, stateStr: 'PRIMARY', self: true }],
  }),
};

const getParameter: CommandDefinition = {
  name: 'getParameter',
  fields: ['featureCompatibilityVersion', 'authenticationMechanisms'],
  needs: 'login',
  run({ command }) {
    return {
      ...(command['featureCompatibilityVersion'] === undefined
        ? {}
        : { featureCompatibilityVersion: { version: '8.0' } }),
      ...(command['authenticationMechanisms'] === undefined
        ? {}
        : { authenticationMechanisms: ['SCRAM-SHA-256'] }),
    };
  },
};

/** The commands on the server itself. */
export const adminCommands: readonly CommandDefinition[] = [
  ping,
  buildInfo,
  connectionStatus,
  serverStatus,
  listDatabases,
  collStats,
  dbStats,
  profile,
  replSetGetStatus,
  getParameter,
];
