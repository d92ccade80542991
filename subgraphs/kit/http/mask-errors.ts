import { randomUUID } from 'node:crypto';

import { ApolloServerErrorCode, unwrapResolverError } from '@apollo/server/errors';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';

import { databaseFailureOf } from '../database/database-failure.ts';
import type { SubgraphError } from '../subgraph-error.ts';

const clientCodes = new Set<unknown>([
  ...Object.values(ApolloServerErrorCode),
  'BAD_USER_INPUT',
  'UNAUTHENTICATED',
  'FORBIDDEN',
]);

/**
 * Makes the function that decides what a client is told of an error: its own mistakes in full, a database's failure as
 * a code and a sentence, and anything else as INTERNAL_SERVER_ERROR with the id under which the log has the rest. What
 * fails a batch fails every field that waited for it: the log has it once.
 */
export function createErrorMask(
  service: string,
  log: Logger,
  countFailure: (failure: SubgraphError) => void = () => {},
) {
  const logged = new WeakMap<object, string>();
  /** The id of what went wrong, and whether it is told for the first time. */
  const identify = (original: unknown): { readonly id: string; readonly isNew: boolean } => {
    const isObject = typeof original === 'object' && original !== null;
    const known = isObject ? logged.get(original) : undefined;
    const id = known ?? randomUUID();
    if (isObject) logged.set(original, id);
    return { id, isNew: known === undefined };
  };
  return (formatted: GraphQLFormattedError, error: unknown): GraphQLFormattedError => {
    const original = unwrapResolverError(error);
    const failure = databaseFailureOf(original, service);
    const place = {
      ...(formatted.locations ? { locations: formatted.locations } : {}),
      ...(formatted.path ? { path: formatted.path } : {}),
    };
    if (failure) {
      countFailure(failure);
      // What the database refused may be a fault of the service all the same.
      if ((failure.code !== 'BAD_USER_INPUT' || failure.originalError) && identify(original).isNew)
        log.warn(
          { code: failure.code, error: describe(failure.originalError), path: formatted.path },
          failure.message,
        );
      return { message: failure.message, ...place, extensions: { code: failure.code } };
    }
    const code = formatted.extensions?.['code'];
    // GraphQL's own errors (syntax, validation, a value that a scalar refuses) speak of the request alone. What a scalar
    // said of a variable stands behind the one that names the variable.
    const isOfRequest =
      original instanceof GraphQLError &&
      (original.originalError === undefined ||
        (formatted.path === undefined && original.originalError instanceof GraphQLError));
    if (
      isOfRequest &&
      (clientCodes.has(code) || formatted.path === undefined) &&
      code !== 'INTERNAL_SERVER_ERROR'
    )
      return { message: formatted.message, ...place, extensions: { code } };
    if (isOfRequest)
      return { message: formatted.message, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR' } };
    const { id, isNew } = identify(original);
    if (isNew) log.error({ id, err: original, path: formatted.path }, 'a resolver failed');
    return {
      message: `Internal server error; the log of ${service} has it under ${id}.`,
      ...place,
      extensions: { code: 'INTERNAL_SERVER_ERROR', id },
    };
  };
}

function describe(error: unknown): string | undefined {
  return error instanceof Error ? error.message : undefined;
}
