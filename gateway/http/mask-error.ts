import { GraphQLError, type GraphQLFormattedError } from 'graphql';
import type { Logger } from 'pino';

import { makeErrorId, printInternalError } from '../errors.ts';

/** Keeps what was written for clients; anything else is logged under an id, and the client reads the id. */
export function maskError(
  formatted: GraphQLFormattedError,
  error: unknown,
  log: Logger,
): GraphQLFormattedError {
  if (formatted.extensions?.['code'] !== 'INTERNAL_SERVER_ERROR') return formatted;
  if (isBadRequest(error)) return { ...formatted, extensions: { code: 'BAD_REQUEST' } };
  const errorId = makeErrorId();
  log.error({ err: unwrapError(error), errorId }, 'operation failed');
  const { path, locations } = formatted;
  return {
    message: printInternalError(errorId),
    ...(locations !== undefined && { locations }),
    ...(path !== undefined && { path }),
    extensions: { code: 'INTERNAL_SERVER_ERROR', errorId },
  };
}

/**
 * A wrong variable without the names that would have been right. Apollo Server takes them out of what validation says of
 * a document alone. An error with a path is a subgraph's, and says what that wants to say.
 */
export function withoutSuggestion(formatted: GraphQLFormattedError): GraphQLFormattedError {
  if (formatted.extensions?.['code'] !== 'BAD_USER_INPUT' || formatted.path !== undefined) return formatted;
  return { ...formatted, message: formatted.message.replace(/ ?Did you mean .+\?$/s, '') };
}

/** Apollo Server refuses malformed requests for persisted documents with a status and without a code. */
function isBadRequest(error: unknown): boolean {
  if (!(error instanceof GraphQLError) || error.originalError !== undefined) return false;
  const { code, http } = error.extensions;
  if (code !== undefined || typeof http !== 'object' || http === null || !('status' in http)) return false;
  return typeof http.status === 'number' && http.status >= 400 && http.status < 500;
}

function unwrapError(error: unknown): unknown {
  return error instanceof Error && 'originalError' in error && error.originalError !== undefined
    ? error.originalError
    : error;
}
