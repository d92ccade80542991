import { randomUUID } from 'node:crypto';

import { GraphQLError } from 'graphql';

import { errorCatalogue, type ErrorCode } from './error-catalogue.ts';

export type { ErrorCode } from './error-catalogue.ts';

/** A request that the gateway refuses as a whole. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly code: ErrorCode;
  /** When the client may try again, in seconds: the header Retry-After. */
  readonly retryAfterS: number | undefined;

  constructor(code: ErrorCode, message: string, options: { readonly retryAfterS?: number } = {}) {
    super(message);
    this.code = code;
    this.retryAfterS = options.retryAfterS;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

/** The HTTP status of an answer that is nothing but an error with this code; 400 for a code that is not ours. */
export function findStatus(code: unknown): number {
  return typeof code === 'string' && Object.hasOwn(errorCatalogue, code)
    ? errorCatalogue[code as ErrorCode].status
    : 400;
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
