import { Int32 } from 'bson';
import { CommandError } from '../command-error.ts';
import { MESSAGE_BYTES_MAX } from '../wire/frame-reader.ts';
import { SESSION_TIMEOUT_MINUTES } from '../sessions/session-registry.ts';
import { DOCUMENT_BYTES_MAX } from '../storage/writer.ts';
import { isDocument, type BsonDocument } from '../values/bson-document.ts';
import { startLogin } from './auth-commands.ts';
import type { CommandContext, CommandDefinition } from './command.ts';

/** The version whose behaviour this server follows; 25 is its wire version. */
export const SERVER_VERSION = '8.0.0';
const WIRE_VERSION = 25;

function login(context: CommandContext): BsonDocument {
  const { speculativeAuthenticate: start } = context.command;
  if (!isDocument(start)) return {};
  try {
    const database = typeof start['db'] === 'string' ? start['db'] : context.database;
    return { speculativeAuthenticate: startLogin(context, start, database) };
  } catch (error) {
    // A mechanism that is not known is left out, and the client asks in the long way.
    if (error instanceof CommandError) return {};
    throw error;
  }
}

function describeSelf(context: CommandContext): BsonDocument {
  const address = context.server.address();
  return {
    helloOk: true,
    [context.name === 'hello' ? 'isWritablePrimary' : 'ismaster']: true,
    secondary: false,
    setName: context.server.replicaSet,
    setVersion: 1,
    hosts: [address],
    primary: address,
    me: address,
    maxBsonObjectSize: DOCUMENT_BYTES_MAX,
    maxMessageSizeBytes: MESSAGE_BYTES_MAX,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: new Int32(SESSION_TIMEOUT_MINUTES),
    connectionId: context.connection.id,
    minWireVersion: 0,
    maxWireVersion: WIRE_VERSION,
    readOnly: false,
    ...(context.command['saslSupportedMechs'] === undefined ? {} : { saslSupportedMechs: ['SCRAM-SHA-256'] }),
    ...login(context),
  };
}

/** How a client learns what it talks to: the primary of a replica set of one. */
export const helloCommand: CommandDefinition = {
  name: 'hello',
  aliases: ['isMaster', 'ismaster'],
  fields: [
    'helloOk', 'client', 'compression', 'saslSupportedMechs', 'speculativeAuthenticate',
    'topologyVersion', 'maxAwaitTimeMS', 'loadBalanced', 'backpressure', 'internalClient',
  ], // prettier-ignore
  needs: 'none',
  run: describeSelf,
};
