import { printValue } from '../values/print-value.ts';
import { Binary } from 'bson';
import { startScram } from '../auth/scram.ts';
import { CommandError } from '../command-error.ts';
import type { BsonDocument } from '../values/bson-document.ts';
import type { CommandContext, CommandDefinition } from './command.ts';

/** The exchange of a connection has one number; a connection runs one exchange at a time. */
const CONVERSATION_ID = 1;

function payloadOf(command: BsonDocument): string {
  const { payload } = command;
  if (payload instanceof Binary) return Buffer.from(payload.value()).toString('utf8');
  throw new CommandError('TypeMismatch', "BSON field 'payload' is the wrong type, expected type 'binData'");
}

function failed(): CommandError {
  return new CommandError('AuthenticationFailed', 'Authentication failed.');
}

function step(payload: string, isDone: boolean): BsonDocument {
  return { conversationId: CONVERSATION_ID, done: isDone, payload: new Binary(Buffer.from(payload)) };
}

/** Begins the exchange of a login: also from within a hello (speculativeAuthenticate). */
export function startLogin(
  { connection, server }: Pick<CommandContext, 'connection' | 'server'>,
  command: BsonDocument,
  database: string,
): BsonDocument {
  const { mechanism } = command;
  if (mechanism !== 'SCRAM-SHA-256') {
    throw new CommandError(
      'AuthenticationFailed',
      `Unsupported mechanism '${printValue(mechanism)}' on authentication database '${database}'; expected SCRAM-SHA-256`,
    );
  }
  const scram = startScram(payloadOf(command), (user) => server.store.users.find(database, user)?.credential);
  if (scram === null) throw failed();
  connection.exchange = { scram, database, isProven: false };
  return step(scram.firstReply, false);
}

function continueLogin({ connection, server, command }: CommandContext): BsonDocument {
  const { exchange } = connection;
  if (exchange === null || command['conversationId'] !== CONVERSATION_ID) {
    throw new CommandError('ProtocolError', 'No SASL session state found');
  }
  if (exchange.isProven) {
    connection.exchange = null;
    return step('', true);
  }
  const final = exchange.scram.finish(payloadOf(command));
  if (final === null) {
    connection.exchange = null;
    server.log.warn(
      { connection: connection.id, user: exchange.scram.user, database: exchange.database },
      'Authentication failed',
    );
    throw failed();
  }
  connection.user = { name: exchange.scram.user, database: exchange.database };
  exchange.isProven = true;
  return step(final, true);
}

const saslStart: CommandDefinition = {
  name: 'saslStart',
  fields: ['mechanism', 'payload', 'options', 'autoAuthorize'],
  needs: 'none',
  run: (context) => startLogin(context, context.command, context.database),
};

const saslContinue: CommandDefinition = {
  name: 'saslContinue',
  fields: ['conversationId', 'payload'],
  needs: 'none',
  run: continueLogin,
};

const logout: CommandDefinition = {
  name: 'logout',
  fields: [],
  needs: 'none',
  run({ connection }) {
    connection.user = null;
    return {};
  },
};

/** The commands by which a connection proves who it is. */
export const authCommands: readonly CommandDefinition[] = [saslStart, saslContinue, logout];
