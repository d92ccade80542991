import { createRequire } from 'node:module';
import type { Socket } from 'node:net';

import type { Document } from 'mongodb';

import type { CommandRecorder } from './mongo-commands.ts';

/** What of the driver's connection is built on; its version is pinned, and tests hold what is said here of it. */
interface DriverConnection {
  /** Whether the server has greeted it and it has logged in. */
  readonly established: boolean;
  /** Why it can send nothing any more. */
  readonly error: Error | null;
  readonly address: string;
  readonly id: number | '<monitor>';
  command(
    namespace: unknown,
    command: Document,
    options?: CommandOptions,
    responseType?: unknown,
  ): Promise<unknown>;
}

interface CommandOptions {
  readonly signal?: AbortSignal;
}

interface DriverConnectionOptions {
  readonly connectTimeoutMS?: number;
}

const { Connection } = createRequire(import.meta.url)('mongodb/lib/cmap/connection.js') as {
  readonly Connection: new (socket: Socket, options: DriverConnectionOptions) => DriverConnection;
};

/** A connection of the driver that keeps nobody waiting for good. */
class BoundedConnection extends Connection {
  readonly #loginOptions: object;

  constructor(socket: Socket, options: DriverConnectionOptions) {
    super(socket, options);
    this.#loginOptions = { socketTimeoutMS: options.connectTimeoutMS };
    // A command whose bytes the socket does not take at once waits for `drain`, which a socket that was closed without
    // an error never emits; no time runs out either. When a database ends, all its connections close in one turn: the
    // first statement to fail has the monitor ask at once, over a connection that is about to close. The monitor then
    // waited for good, and the service never found its database again. The driver's own listener comes first and notes
    // that the connection is closed: the command goes on, and fails with that.
    socket.on('close', () => socket.emit('drain'));
  }

  /**
   * The driver bounds the server's greeting by `connectTimeoutMS`, but the login after it by what a statement may take;
   * and while two connections log in, it makes no other.
   */
  override command(
    namespace: unknown,
    command: Document,
    options?: CommandOptions,
    responseType?: unknown,
  ): Promise<unknown> {
    const bounded = this.established ? options : { ...this.#loginOptions, ...options };
    return super.command(namespace, command, bounded, responseType);
  }
}

/**
 * Options for a client of the driver, whose types leave out that it takes a class for its connections. The recorder sees
 * each command where it is sent: to tell a listener of commands, the driver decodes every reply a second time.
 */
export function connectionOptions(recorder?: CommandRecorder): object {
  return { connectionType: recorder === undefined ? BoundedConnection : recordedBy(recorder) };
}

function recordedBy(recorder: CommandRecorder): typeof BoundedConnection {
  return class RecordedConnection extends BoundedConnection {
    override command(
      namespace: unknown,
      command: Document,
      options?: CommandOptions,
      responseType?: unknown,
    ): Promise<unknown> {
      const send = () => super.command(namespace, command, options, responseType);
      // What is over before it is sent is no statement.
      if (this.error !== null || options?.signal?.aborted) return send();
      return recorder.run({ command, connection: this, send });
    }
  };
}
