import { SubgraphError } from '../subgraph-error.ts';

// Node's socket errors, PostgreSQL's classes 08 (connection) and 57P (being stopped or started), Prisma's words for
// the same, and the names of the MongoDB driver's errors.
const connectionCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  '57P01',
  '57P02',
  '57P03',
  'P1001',
  'P1002',
  'P1008',
  'P1011',
  'P1017',
]);
const connectionNames =
  /^(MongoNetworkError|MongoNetworkTimeoutError|MongoServerSelectionError|MongoPoolClearedError|MongoTopologyClosedError|MongoNotConnectedError)$/;
// The last is said of bytes that are not PostgreSQL's protocol: whatever comes after them cannot be understood either.
const connectionMessages =
  /Connection terminated|received invalid response|timeout exceeded when trying to connect|Client has encountered a connection error|Can't reach database server|Server has closed the connection/;

// PostgreSQL's serialization failure and deadlock, and MongoDB's WriteConflict.
const givenUpCodes = new Set<unknown>(['40001', '40P01', 112]);

// PostgreSQL's words for a value that no column holds: text with a NUL or too long, a number or a date out of range, and
// (54000) a text that is too long for an index; and MongoDB's for a document that its collection's validator refuses.
const sqlValueCodes = '22001 22003 22007 22008 22021 22P02 22P05 54000'.split(' ');
const valueCodes = new Set<unknown>([...sqlValueCodes, 121]);

// Prisma has one code for whatever is wrong with a transaction, a use of it after its end by the service included.
const transactionCode = 'P2028';
const transactionLate = /expired transaction|Unable to start a transaction in the given time/;

const poolCodes = ['DEADLINE_EXCEEDED', 'DATABASE_BUSY', 'DATABASE_UNAVAILABLE', 'STATEMENT_LIMIT'] as const;

function isPoolCode(code: unknown): code is (typeof poolCodes)[number] {
  return poolCodes.some((known) => known === code);
}

/** The database ended a statement in favour of another: a deadlock, or two writes of one row. */
export class StatementGivenUp extends SubgraphError {
  constructor(service: string, cause: Error) {
    super('DATABASE_BUSY', `The database of ${service} gave a statement up for another.`, { cause });
  }
}

/** Every error in the chain of causes, from the outermost in. */
export function listCauses(error: unknown): Error[] {
  const found: Error[] = [];
  for (let current = error; current instanceof Error && found.length < 8;) {
    found.push(current);
    const { originalError, cause } = current as {
      readonly originalError?: unknown;
      readonly cause?: unknown;
    };
    current = originalError ?? cause;
  }
  return found;
}

/** What a cause says by itself. */
interface Said {
  readonly code: unknown;
  /** What Prisma's adapter calls it. */
  readonly kind: unknown;
  readonly message: string;
}

/** Prisma wraps what the driver said: its error has a code and words of Prisma's, and those of the driver further in. */
function saidBy(cause: Error): Said {
  const { code, kind, meta } = cause as {
    readonly code?: unknown;
    readonly kind?: unknown;
    readonly meta?: { readonly driverAdapterError?: { readonly cause?: unknown } };
  };
  const driver = meta?.driverAdapterError?.cause ?? cause.cause;
  if (typeof driver !== 'object' || driver === null || !('originalCode' in driver))
    return { code, kind, message: cause.message.trim().split('\n').at(-1) ?? '' };
  const { originalCode, originalMessage } = driver as { originalCode: unknown; originalMessage?: unknown };
  return {
    code: originalCode,
    kind: 'kind' in driver ? driver.kind : undefined,
    message: typeof originalMessage === 'string' ? originalMessage : '',
  };
}

/** True when the connection, not the statement, failed. */
export function isConnectionLost(error: Error): boolean {
  const codes = [(error as { readonly code?: unknown }).code, saidBy(error).code];
  return (
    codes.some((code) => typeof code === 'string' && (connectionCodes.has(code) || code.startsWith('08'))) ||
    connectionNames.test(error.name) ||
    connectionMessages.test(error.message)
  );
}

/**
 * What a client is told of an error that a database driver threw: that the database cannot be reached, that it is
 * busy, that time was up, that it cannot hold a value. Undefined when it is none of these, and so a fault of the service.
 */
export function databaseFailureOf(error: unknown, service: string): SubgraphError | undefined {
  const causes = listCauses(error);
  const known = causes.find((cause) => cause instanceof SubgraphError);
  if (known) return known;
  for (const cause of causes) {
    const { code, kind, message } = saidBy(cause);
    // What the pool itself said comes through Prisma as an error of Prisma's, with its code and below Prisma's words.
    if (isPoolCode(code)) return new SubgraphError(code, message, { cause });
    // 57014: cancelled, by statement_timeout or by us. 50: MongoDB's MaxTimeMSExpired. AbortError: the MongoDB driver
    // gave a read up because its request is over.
    if (code === '57014' || code === 50 || cause.name === 'AbortError')
      return new SubgraphError('DEADLINE_EXCEEDED', 'The database took longer than it may.', { cause });
    if (code === transactionCode && transactionLate.test(message))
      return new SubgraphError('DEADLINE_EXCEEDED', `A transaction of ${service} took longer than it may.`, {
        cause,
      });
    if (givenUpCodes.has(code)) return new StatementGivenUp(service, cause);
    if (valueCodes.has(code))
      return new SubgraphError(
        'BAD_USER_INPUT',
        `A value is none that the database of ${service} can hold.`,
        {
          cause,
        },
      );
    if (code === '53300' || kind === 'TooManyConnections' || cause.name === 'MongoWaitQueueTimeoutError')
      return new SubgraphError('DATABASE_BUSY', `The database of ${service} has no connection free.`, {
        cause,
      });
    if (isConnectionLost(cause))
      return new SubgraphError('DATABASE_UNAVAILABLE', `The database of ${service} cannot be reached.`, {
        cause,
      });
  }
  return undefined;
}
