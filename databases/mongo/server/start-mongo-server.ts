import { createServer, type Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Action } from './auth/privileges.ts';
import { deriveCredential } from './auth/scram.ts';
import type { RoleName } from './auth/users.ts';
import type { ConnectionState, ServerParts } from './commands/command.ts';
import { CursorRegistry } from './cursors.ts';
import { FailPoint } from './fail-point.ts';
import { Profiler } from './profiler.ts';
import { RunningOperations } from './running-operations.ts';
import { SessionRegistry } from './sessions/session-registry.ts';
import { Store } from './storage/store.ts';
import { serveConnection } from './wire/connection.ts';

/** A user that the server has from its start, whatever its folder says. */
export interface GivenUser {
  readonly user: string;
  readonly db: string;
  /** Printable ASCII. */
  readonly password: string;
  /** Built-in roles, or those in `roles` below. */
  readonly roles: readonly RoleName[];
}

/** A role that the server has from its start. */
export interface GivenRole extends RoleName {
  readonly actions: readonly Action[];
}

export interface MongoServerOptions {
  /** The data folder; made when it is missing. */
  readonly folder: string;
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  /** How clients reach the server, as `hello` tells them; default `host:port`. */
  readonly advertisedAddress?: string;
  readonly replicaSet: string;
  readonly users: readonly GivenUser[];
  readonly roles?: readonly GivenRole[];
  readonly log: Logger;
  /** Told when the disk refuses a write; the caller must end the process. */
  readonly onFault: (error: unknown) => void;
}

/** A server that accepts connections. */
export interface RunningMongoServer {
  readonly port: number;
  /** Ends the connections, writes what waits and gives the folder back. Safe to call twice. */
  close(): Promise<void>;
}

function addGivenUsers(store: Store, { users, roles = [] }: MongoServerOptions): void {
  for (const { role, db, actions } of roles) {
    const privileges = [{ database: db, collection: '', actions }];
    store.users.putRole({ role, db, privileges, roles: [] });
  }
  for (const { user, db, password, roles: names } of users) {
    store.users.put({ user, db, roles: names, credential: deriveCredential(password) });
  }
}

function persistLater(store: Store, onFault: (error: unknown) => void) {
  return (operations: Parameters<Store['persist']>[0]): void => {
    store.persist(operations).catch(onFault);
  };
}

/** Opens the folder and listens. Throws DamagedFolderError, FolderInUseError, EADDRINUSE. */
export async function startMongoServer(options: MongoServerOptions): Promise<RunningMongoServer> {
  const { folder, host, log, onFault, replicaSet } = options;
  const store = await Store.open(folder, log, onFault);
  addGivenUsers(store, options);
  const sockets = new Set<Socket>();
  let address = '';
  const parts: ServerParts = {
    store,
    cursors: new CursorRegistry(),
    sessions: new SessionRegistry(store, persistLater(store, onFault)),
    profiler: new Profiler(store.catalog),
    operations: new RunningOperations(),
    failPoint: new FailPoint(),
    counters: { insert: 0, query: 0, update: 0, delete: 0, getmore: 0, command: 0 },
    log,
    address: () => address,
    replicaSet,
    startedAt: Date.now(),
    openConnections: () => sockets.size,
  };
  const running = new Set<Promise<void>>();
  let connections = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    connections += 1;
    const connection: ConnectionState = { id: connections, user: null, exchange: null };
    sockets.add(socket);
    socket.on('close', () => {
      sockets.delete(socket);
      parts.operations.killConnection(connection.id);
    });
    const served = serveConnection(parts, socket, connection);
    running.add(served);
    void served.finally(() => running.delete(served));
  });
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port, host, resolve);
    });
  } catch (error) {
    await store.close();
    throw error;
  }
  const bound = server.address();
  const port = typeof bound === 'object' && bound !== null ? bound.port : options.port;
  address = options.advertisedAddress ?? `${host}:${port}`;
  let closing: Promise<void> | null = null;
  const close = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets) socket.destroy();
    // An open transaction ends first: a write may be waiting for it.
    parts.sessions.close();
    await closed;
    await Promise.all(running);
    await store.close();
  };
  return {
    port,
    close() {
      closing ??= close();
      return closing;
    },
  };
}
