import type { Document, MongoClient } from 'mongodb';

import { type StatementScope, currentStatementScope } from '../statements/statement-scope.ts';
import { printCommand } from './print-command.ts';

// What the driver says by itself: to find servers, to log in, to keep sessions.
const driverCommands = new Set([
  'hello',
  'ismaster',
  'ping',
  'saslStart',
  'saslContinue',
  'endSessions',
  'killCursors',
]);

/** A command at the connection over which it is sent. */
interface SentCommand<Reply> {
  readonly command: Document;
  /** The connection's place in the pool's events. */
  readonly connection: { readonly address: string; readonly id: unknown };
  /** Sends it; rejects when the server refuses it or is gone. */
  readonly send: () => Promise<Reply>;
}

/** Records each command of a client in the scope of the request that sent it, and ends its wait for a connection. */
export class CommandRecorder {
  // By connection, because one that was waited for is handed over in the turn of whoever gave it back.
  readonly #waits = new Map<string, number>();

  /** Learns from the client's pool how long each connection was waited for. */
  watch(client: MongoClient): void {
    client.on('connectionCheckedOut', ({ address, connectionId, durationMS }) =>
      this.#waits.set(`${address} ${connectionId}`, durationMS),
    );
    client.on('connectionClosed', ({ address, connectionId }) =>
      this.#waits.delete(`${address} ${connectionId}`),
    );
  }

  /** Sends a command and records it, when it is one of a request. */
  async run<Reply>({ command, connection, send }: SentCommand<Reply>): Promise<Reply> {
    const scope = currentStatementScope();
    const name = nameOf(command);
    if (!scope || driverCommands.has(name)) return send();
    scope.wait?.end();
    // Whoever sends a statement has counted it; this one the driver sends, for a reply longer than one message may be.
    if (name === 'getMore') scope.countStatement();
    const key = `${connection.address} ${String(connection.id)}`;
    const waitMs = this.#waits.get(key) ?? 0;
    this.#waits.delete(key);
    const began = performance.now();
    try {
      const reply = await send();
      record(scope, { command, began, waitMs, rows: rowsOf(reply) });
      return reply;
    } catch (error) {
      record(scope, { command, began, waitMs, rows: null });
      throw error;
    }
  }
}

function nameOf(command: Document): string {
  for (const name in command) return name;
  return '';
}

interface EndedCommand {
  readonly command: Document;
  readonly began: number;
  readonly waitMs: number;
  readonly rows: number | null;
}

function record(scope: StatementScope, { command, began, waitMs, rows }: EndedCommand): void {
  let text: string | undefined;
  scope.record({
    service: scope.service,
    cause: scope.cause,
    // Printed for whoever reads it: most requests are not asked for their statements.
    get text() {
      return (text ??= printCommand(command));
    },
    batchSize: scope.batchSize,
    rows,
    startMs: began - scope.requestStartMs,
    waitMs,
    durationMs: performance.now() - began,
  });
}

/** What the driver gives for a reply: that of a cursor knows how many documents it has, that of a write is bytes yet. */
interface Reply {
  readonly batchSize?: unknown;
  toObject?(): Document;
}

/** Null when a write failed: MongoDB says that it did what it could, and lists what it could not. */
function rowsOf(reply: unknown): number | null {
  const { batchSize } = reply as Reply;
  if (typeof batchSize === 'number') return batchSize;
  const { writeErrors, n, cursor, values, lastErrorObject }: Document =
    (reply as Reply).toObject?.() ?? (reply as Document);
  if (Array.isArray(writeErrors) && writeErrors.length > 0) return null;
  // A cursor is a document where a service sends its command by `Db.command`.
  const list: unknown = values ?? cursor?.firstBatch ?? cursor?.nextBatch;
  if (Array.isArray(list)) return list.length;
  // findAndModify gives the document as it was, which is none where it made one.
  return n ?? lastErrorObject?.n ?? 0;
}
