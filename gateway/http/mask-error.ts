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

const suggestion = 'Did you mean ';

/** Codes of what graphql-js says of a document and of its variables, with the names that would have been right. */
const suggestingCodes: ReadonlySet<unknown> = new Set(['GRAPHQL_VALIDATION_FAILED', 'BAD_USER_INPUT']);

/**
 * A mistake without the names that would have been right: they end the message. An error with a path is a subgraph's,
 * and says what that wants to say. No regular expression: before the suggestion stands the client's value, a megabyte
 * perhaps, and a search that begins anew at each "Did you mean" in it takes minutes. Apollo Server's own
 * (`hideSchemaDetailsFromClientErrors`) does that.
 */
export function withoutSuggestion(formatted: GraphQLFormattedError): GraphQLFormattedError {
  const { message, path, extensions } = formatted;
  if (!suggestingCodes.has(extensions?.['code']) || path !== undefined || !message.endsWith('?'))
    return formatted;
  const at = message.lastIndexOf(suggestion);
  return at < 0 ? formatted : { ...formatted, message: message.slice(0, at).trimEnd() };
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
