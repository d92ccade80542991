import { GraphQLError } from 'graphql';

/** The codes that a service answers with, beside those for a request that is malformed. */
export const subgraphErrors = {
  UNAUTHENTICATED: 'nobody is signed in, and this needs somebody',
  FORBIDDEN: "what was asked for is somebody else's, or needs a scope that the caller's token does not carry",
  BAD_USER_INPUT: 'an argument cannot be used, as the message says',
  DATABASE_UNAVAILABLE: "the service's database cannot be reached",
  DATABASE_BUSY: "the service's database has no connection free in time, or gave up a statement for another",
  DEADLINE_EXCEEDED: 'the time of the request was up in the service',
  STATEMENT_LIMIT: 'the request needs more database statements than the service lets one request send',
  INTERNAL_SERVER_ERROR: "a fault of the service; its log has it by the error's id",
} as const;

export type SubgraphErrorCode = keyof typeof subgraphErrors;

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

/** Nobody is signed in, where somebody has to be. */
export function unauthenticated(message: string): SubgraphError {
  return new SubgraphError('UNAUTHENTICATED', message);
}

/** Somebody is signed in who may not. */
export function forbidden(message: string): SubgraphError {
  return new SubgraphError('FORBIDDEN', message);
}
