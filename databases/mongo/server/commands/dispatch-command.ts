import { printValue } from '../values/print-value.ts';
import { Long } from 'bson';
import { isAllowed, type Privilege } from '../auth/privileges.ts';
import { CommandError } from '../command-error.ts';
import { Deadline } from '../deadline.ts';
import { newStatistics } from '../query/find-documents.ts';
import { sessionKey } from '../sessions/session-registry.ts';
import type { Transaction } from '../storage/transaction.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import type { CommandContext, CommandDefinition, ConnectionState, ServerParts } from './command.ts';
import { ownerOf } from './command-owner.ts';
import { countOption } from './command-options.ts';
import { COMMANDS } from './command-table.ts';

/** What every command may be sent with. */
const GENERIC_FIELDS = new Set([
  '$db', 'lsid', 'txnNumber', 'autocommit', 'startTransaction', 'stmtId', 'stmtIds', 'readConcern',
  'writeConcern', '$readPreference', '$clusterTime', 'apiVersion', 'apiStrict',
  'apiDeprecationErrors', 'maxTimeMS', 'comment', 'maxTimeMSOpOnly', 'mayBypassWriteBlocking',
]); // prettier-ignore

function definitionOf(name: string): CommandDefinition {
  const definition = COMMANDS.get(name);
  if (definition !== undefined) return definition;
  throw new CommandError('CommandNotFound', `no such command: '${name}'`);
}

function refuseUnknown({ fields }: CommandDefinition, name: string, command: BsonDocument): void {
  for (const field of Object.keys(command).slice(1)) {
    if (GENERIC_FIELDS.has(field) || fields.includes(field)) continue;
    throw new CommandError('Location40415', `BSON field '${name}.${field}' is an unknown field.`);
  }
}

function authorise(
  { needs }: CommandDefinition,
  name: string,
  command: BsonDocument,
  database: string,
  connection: ConnectionState,
  privileges: () => readonly Privilege[],
): void {
  if (needs === 'none') return;
  if (connection.user === null) {
    throw new CommandError('Unauthorized', `Command ${name} requires authentication`);
  }
  if (needs === 'login') return;
  const target = command[name];
  // An aggregate of the server shows each user what is his.
  if (name === 'aggregate' && target === 1 && database === 'admin') return;
  const collection = typeof target === 'string' ? target : '';
  if (isAllowed(privileges(), needs, database, collection)) return;
  throw new CommandError(
    'Unauthorized',
    `not authorized on ${database} to execute command { ${name}: ${JSON.stringify(target)} }`,
  );
}

const READ_CONCERNS = ['local', 'majority', 'available', 'linearizable', 'snapshot'];

function checkConcerns(command: BsonDocument): void {
  const { readConcern, apiVersion } = command;
  if (isDocument(readConcern)) {
    const { level } = readConcern;
    if (level !== undefined && !READ_CONCERNS.includes(printValue(level))) {
      throw new CommandError(
        'FailedToParse',
        `Enumeration value '${printValue(level)}' for field 'readConcern.level' is not a valid value.`,
      );
    }
  }
  if (apiVersion !== undefined && apiVersion !== '1') {
    throw new CommandError('APIVersionError', 'API version must be "1"');
  }
}

/** A write concern that one server cannot meet: the write is done, and its answer says so. */
function writeConcernError(command: BsonDocument): BsonDocument {
  const { writeConcern } = command;
  const w = isDocument(writeConcern) ? writeConcern['w'] : undefined;
  if (w === undefined || w === 'majority' || Number(w) <= 1) return {};
  return {
    writeConcernError: {
      code: 100,
      codeName: 'UnsatisfiableWriteConcern',
      errmsg:
        typeof w === 'string'
          ? `No write concern mode named '${w}' found in replica set configuration`
          : 'Not enough data-bearing nodes',
    },
  };
}

interface SessionPart {
  readonly session: string | null;
  readonly transaction: Transaction | null;
  /** The answer that was given to this very command before. */
  readonly repeated: BsonDocument | null;
}

function enterSession(
  server: ServerParts,
  definition: CommandDefinition,
  name: string,
  command: BsonDocument,
): SessionPart {
  const { lsid, txnNumber, autocommit, startTransaction } = command;
  if (lsid === undefined) {
    if (txnNumber === undefined) return { session: null, transaction: null, repeated: null };
    throw new CommandError('InvalidOptions', 'Transaction number requires a session ID to also be specified');
  }
  if (!isDocument(lsid)) throw new CommandError('TypeMismatch', "BSON field 'lsid' must be an object");
  const session = sessionKey(lsid);
  server.sessions.touch(session);
  if (txnNumber === undefined) return { session, transaction: null, repeated: null };
  const number = Number(txnNumber instanceof Long ? txnNumber.toString() : txnNumber);
  if (autocommit === false) {
    const isEnding = name === 'commitTransaction' || name === 'abortTransaction';
    if (isEnding) return { session, transaction: null, repeated: null };
    if (definition.isTransactional !== true) {
      throw new CommandError(
        'OperationNotSupportedInTransaction',
        `Cannot run '${name}' in a multi-document transaction.`,
      );
    }
    const transaction =
      startTransaction === true
        ? server.sessions.start(session, number)
        : server.sessions.resume(session, number);
    return { session, transaction, repeated: null };
  }
  if (definition.isRetryable !== true) {
    throw new CommandError(
      'NotARetryableWriteCommand',
      `txnNumber may only be provided for multi-document transactions and retryable write commands. '${name}' is not one of them`,
    );
  }
  server.sessions.checkNumber(session, number);
  const record = server.store.retries.find(session);
  return {
    session,
    transaction: null,
    repeated: record?.number === number ? record.reply : null,
  };
}

async function runInSession(
  definition: CommandDefinition,
  context: CommandContext,
  repeated: BsonDocument | null,
): Promise<BsonDocument> {
  const { server, transaction } = context;
  if (repeated !== null && context.session !== null) {
    // The first answer may not be on the disk yet; this one comes after it in the same journal.
    const number = Number(context.command['txnNumber']);
    await server.store.persist([{ o: 'retry', session: context.session, number, reply: repeated }]);
    return repeated;
  }
  if (transaction === null) return definition.run(context);
  try {
    const reply = await definition.run(context);
    // Any failed write ends its transaction, as in MongoDB.
    if (reply['writeErrors'] !== undefined) await server.store.persist(server.store.abort(transaction));
    return reply;
  } catch (error) {
    await server.store.persist(server.store.abort(transaction));
    throw error;
  }
}

/** Runs a command where others can see it and end it. */
async function runWatched(
  definition: CommandDefinition,
  context: CommandContext,
  repeated: BsonDocument | null,
): Promise<BsonDocument> {
  const { connection, deadline, name, server } = context;
  const operation = server.operations.begin({
    connectionId: connection.id,
    owner: ownerOf(context),
    deadline,
    describe: () => showCommand(context),
  });
  try {
    const blockMs = server.failPoint.take(name);
    if (blockMs > 0) await deadline.sleep(blockMs);
    return await runInSession(definition, context, repeated);
  } finally {
    server.operations.end(operation);
  }
}

function showCommand({ name, command, database }: CommandContext): BsonDocument {
  const target = command[name];
  const op: Readonly<Record<string, string>> = {
    find: 'query', insert: 'insert', update: 'update', delete: 'remove', getMore: 'getmore',
  }; // prettier-ignore
  const shown = Object.fromEntries(
    Object.entries(command).filter(([field]) => !['lsid', '$clusterTime', 'documents'].includes(field)),
  );
  return {
    op: op[name] ?? 'command',
    ns: `${database}.${typeof target === 'string' ? target : '$cmd'}`,
    command: shown,
  };
}

function describe(context: CommandContext, reply: BsonDocument): BsonDocument {
  const { command, statistics, connection } = context;
  const cursor = isDocument(reply['cursor']) ? reply['cursor'] : {};
  const batch = cursor['firstBatch'] ?? cursor['nextBatch'];
  return {
    ...showCommand(context),
    ...(command['comment'] === undefined ? {} : { comment: command['comment'] }),
    keysExamined: statistics.keysExamined,
    docsExamined: statistics.documentsExamined,
    planSummary:
      statistics.indexName === null ? statistics.plan : `${statistics.plan} ${statistics.indexName}`,
    ...(Array.isArray(batch) ? { nreturned: batch.length } : {}),
    ...(reply['code'] === undefined ? {} : { errCode: reply['code'], errMsg: reply['errmsg'] }),
    user: connection.user === null ? '' : `${connection.user.name}@${connection.user.database}`,
  };
}

/** The answer to a failed command. Anything unexpected is logged and told without its details. */
function errorReply(error: unknown, context: Pick<CommandContext, 'server' | 'name'>): BsonDocument {
  if (error instanceof CommandError) {
    const { code, codeName, message, details, labels } = error;
    const errorLabels = labels.length > 0 ? { errorLabels: [...labels] } : {};
    return { ok: 0, errmsg: message, code, codeName, ...details, ...errorLabels };
  }
  context.server.log.error({ err: error, command: context.name }, 'A command failed unexpectedly');
  return {
    ok: 0,
    errmsg: 'An unexpected error; see the log of the server',
    code: 1,
    codeName: 'InternalError',
  };
}

/** Runs one command from check to answer; never throws for what a client can cause. */
export async function dispatchCommand(
  server: ServerParts,
  connection: ConnectionState,
  command: BsonDocument,
): Promise<BsonDocument> {
  const [name = ''] = Object.keys(command);
  const database = typeof command['$db'] === 'string' ? command['$db'] : 'admin';
  const started = performance.now();
  let context: CommandContext | null = null;
  let reply: BsonDocument;
  try {
    const definition = definitionOf(name);
    const { users } = server.store;
    const privileges = (): readonly Privilege[] =>
      connection.user === null
        ? []
        : users.privilegesOf(users.find(connection.user.database, connection.user.name)?.roles ?? []);
    authorise(definition, name, command, database, connection, privileges);
    refuseUnknown(definition, name, command);
    checkConcerns(command);
    const { repeated, ...part } = enterSession(server, definition, name, command);
    context = {
      server,
      connection,
      name,
      command,
      database,
      deadline: new Deadline(countOption(command, 'maxTimeMS', 0)),
      ...part,
      privileges,
      statistics: newStatistics(),
    };
    const result = await runWatched(definition, context, repeated);
    reply = { ...result, ...(definition.isRetryable === true ? writeConcernError(command) : {}), ok: 1 };
  } catch (error) {
    reply = errorReply(error, { server, name });
  }
  const noted = context;
  if (noted !== null) {
    server.profiler.note(database, performance.now() - started, () => describe(noted, reply));
  }
  server.log.debug({ command: name, database, comment: command['comment'], ok: reply['ok'] }, 'command');
  return reply;
}
