import type { CommandStartedEvent, CommandSucceededEvent, MongoClient } from 'mongodb';

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

interface RunningCommand {
  readonly scope: StatementScope;
  readonly text: string;
  readonly began: number;
  readonly waitMs: number;
}

/** Records each command of a client in the scope of the request that sent it, and ends its wait for a connection. */
export function recordCommands(client: MongoClient): void {
  const running = new Map<number, RunningCommand>();
  // By connection, because one that was waited for is handed over in the turn of whoever gave it back.
  const waits = new Map<string, number>();
  const keyOf = ({ address, connectionId }: { address: string; connectionId?: unknown }) =>
    `${address} ${String(connectionId)}`;
  client.on('connectionCheckedOut', (event) => waits.set(keyOf(event), event.durationMS));
  client.on('connectionClosed', (event) => waits.delete(keyOf(event)));
  client.on('commandStarted', (event: CommandStartedEvent) => {
    const scope = currentStatementScope();
    if (!scope || driverCommands.has(event.commandName)) return;
    scope.wait?.end();
    const key = keyOf(event);
    const waitMs = waits.get(key) ?? 0;
    waits.delete(key);
    running.set(event.requestId, {
      scope,
      text: printCommand(event.command),
      began: performance.now(),
      waitMs,
    });
  });
  client.on('commandSucceeded', (event) => finish(event.requestId, rowsOf(event)));
  client.on('commandFailed', (event) => finish(event.requestId, null));

  function finish(requestId: number, rows: number | null): void {
    const command = running.get(requestId);
    if (!command) return;
    running.delete(requestId);
    const { scope, text, began, waitMs } = command;
    scope.record({
      service: scope.service,
      cause: scope.cause,
      text,
      batchSize: scope.batchSize,
      rows,
      startMs: began - scope.requestStartMs,
      waitMs,
      durationMs: performance.now() - began,
    });
  }
}

/** Null when a write failed: MongoDB says that it did what it could, and lists what it could not. */
function rowsOf({ reply }: CommandSucceededEvent): number | null {
  const { cursor, n, value, writeErrors } = reply as {
    readonly writeErrors?: readonly unknown[];
    readonly cursor?: { readonly firstBatch?: readonly unknown[]; readonly nextBatch?: readonly unknown[] };
    readonly n?: number;
    readonly value?: unknown;
  };
  if (writeErrors && writeErrors.length > 0) return null;
  if (cursor) return (cursor.firstBatch ?? cursor.nextBatch ?? []).length;
  return n ?? (value ? 1 : 0);
}
