import { CommandError } from '../command-error.ts';
import { sessionKey } from '../sessions/session-registry.ts';
import type { Operation } from '../storage/operations.ts';
import { isDocument } from '../values/bson-document.ts';
import type { CommandContext, CommandDefinition } from './command.ts';

function transactionOf(context: CommandContext): readonly [string, number] {
  const number = context.command['txnNumber'];
  if (context.session === null || number === undefined || context.command['autocommit'] !== false) {
    throw new CommandError(
      'InvalidOptions',
      `${context.name} must be run within a transaction: with lsid, txnNumber and autocommit: false`,
    );
  }
  return [context.session, Number(number)];
}

const commitTransaction: CommandDefinition = {
  name: 'commitTransaction',
  fields: ['recoveryToken'],
  needs: 'login',
  async run(context) {
    const { sessions, store } = context.server;
    const [session, number] = transactionOf(context);
    const changes = sessions.commit(session, number);
    // A commit that is repeated answers only when the first one is on the disk.
    const record = { session, number, reply: {} };
    store.retries.remember(record);
    const operations: Operation[] = [...(changes ?? []), { o: 'retry', ...record }];
    await store.persist(operations);
    return {};
  },
};

const abortTransaction: CommandDefinition = {
  name: 'abortTransaction',
  fields: ['recoveryToken'],
  needs: 'login',
  async run(context) {
    const { sessions, store } = context.server;
    await store.persist(sessions.abort(...transactionOf(context)));
    return {};
  },
};

function endAll(context: CommandContext): void {
  const lsids = context.command[context.name];
  if (!Array.isArray(lsids)) {
    throw new CommandError('TypeMismatch', `BSON field '${context.name}' must be an array`);
  }
  for (const lsid of lsids as unknown[]) {
    if (!isDocument(lsid)) throw new CommandError('TypeMismatch', 'A session id must be an object');
    const key = sessionKey(lsid);
    context.server.sessions.end(key);
    context.server.cursors.killSession(key);
  }
}

function ending(name: string): CommandDefinition {
  return {
    name,
    fields: [],
    needs: 'login',
    run(context) {
      endAll(context);
      return {};
    },
  };
}

const refreshSessions: CommandDefinition = {
  name: 'refreshSessions',
  fields: [],
  needs: 'login',
  run: () => ({}),
};

/** The commands on sessions and their transactions. */
export const sessionCommands: readonly CommandDefinition[] = [
  commitTransaction,
  abortTransaction,
  ending('endSessions'),
  ending('killSessions'),
  refreshSessions,
];
