import { GraphQLError } from 'graphql';

/** The codes that a service answers with, beside those of Apollo Server for a request that is malformed. */
export type SubgraphErrorCode =
  | 'BAD_USER_INPUT'
  | 'DATABASE_UNAVAILABLE'
  | 'DATABASE_BUSY'
  | 'DEADLINE_EXCEEDED'
  | 'STATEMENT_LIMIT'
  | 'INTERNAL_SERVER_ERROR';

/** A failure whose message is meant for the client. */
export class SubgraphError extends GraphQLError {
  readonly code: SubgraphErrorCode;
  constructor(code: SubgraphErrorCode, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, {
      extensions: { code },
      ...(options.cause instanceof Error ? { originalError: options.cause } : {}),
    });
    this.code = code;
  }
}

/** The caller's mistake, in the words of the schema. */
export function badInput(message: string): SubgraphError {
  return new SubgraphError('BAD_USER_INPUT', message);
}
