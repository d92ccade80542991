import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

/** What of the driver's connection is built on; its version is pinned, and tests hold what is said here of it. */
interface DriverConnection {
  readonly closed: boolean;
}

const { Connection } = createRequire(import.meta.url)('mongodb/lib/cmap/connection.js') as {
  readonly Connection: new (socket: Socket, options: object) => DriverConnection;
};

/** A connection of the driver that keeps nobody waiting for good. */
class BoundedConnection extends Connection {
  constructor(socket: Socket, options: object) {
    super(socket, options);
    // A command whose bytes the socket does not take at once waits for `drain`, which a socket that was closed without
    // an error never emits; no time runs out either. When a database ends, all its connections close in one turn: the
    // first statement to fail has the monitor ask at once, over a connection that is about to close. The monitor then
    // waited for good, and the service never found its database again. The driver's own listener comes first and notes
    // that the connection is closed: the command goes on, and fails with that.
    socket.on('close', () => socket.emit('drain'));
  }
}

/** Options for a client of the driver; its types leave out that it takes a class for its connections. */
export const connectionOptions: object = { connectionType: BoundedConnection };
