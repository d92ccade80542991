import { randomUUID } from 'node:crypto';

import { GraphQLError } from 'graphql';

/** One kind of failure: what a client is told, and with which HTTP status when it is the whole answer. */
export interface ErrorEntry {
  /** HTTP status, where the request as a whole is refused. */
  readonly status: number;
  /** `client`: the message is written for the client. `internal`: detail goes to the log, an id to the client. */
  readonly audience: 'client' | 'internal';
  /** When it happens, for the documentation. */
  readonly when: string;
}

/** Every code that the gateway itself puts into `extensions.code`. Subgraphs' codes pass through beside these. */
export const errorCatalogue = {
  BODY_TOO_LARGE: {
    status: 413,
    audience: 'client',
    when: 'the request body has more bytes than `bodyBytesMax`',
  },
  INVALID_JSON: { status: 400, audience: 'client', when: 'the request body is not JSON' },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    audience: 'client',
    when: 'a POST has another content type than application/json',
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    audience: 'client',
    when: 'the path exists, but not for this HTTP method',
  },
  NOT_FOUND: { status: 404, audience: 'client', when: 'there is nothing at this path' },
  NOT_READY: { status: 503, audience: 'client', when: 'the gateway is starting, or is stopping' },
  REQUEST_TIMEOUT: {
    status: 504,
    audience: 'client',
    when: 'the operation took longer than `requestTimeoutMs`',
  },
  INTERNAL_SERVER_ERROR: {
    status: 500,
    audience: 'internal',
    when: 'a fault of the gateway; the log has it by its id',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** A request that the gateway refuses as a whole. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** The GraphQL form of a refused request (`extensions.code`, and the HTTP status for Apollo Server). */
export function toGraphqlError(error: RequestError): GraphQLError {
  return new GraphQLError(error.message, {
    extensions: { code: error.code, http: { status: error.status } },
  });
}

/** An id that stands in a client's answer and beside the detail in the log. */
export function makeErrorId(): string {
  return randomUUID().slice(0, 8);
}

/** What a client reads of an internal failure. */
export function printInternalError(errorId: string): string {
  return `Internal server error (id ${errorId})`;
}
