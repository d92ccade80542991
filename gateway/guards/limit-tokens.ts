import { GraphQLError } from 'graphql';

import { RequestError } from '../errors.ts';

/** Whether the parser stopped because of its `maxTokens`; graphql-js gives this failure no code of its own. */
export function isTooManyTokens(error: unknown): boolean {
  return error instanceof GraphQLError && /Document contains more tha[nt] \d+ tokens/.test(error.message);
}

/** Refuses documents with too many tokens: the parser stops at the limit, so the rest of the text costs nothing. */
export function refuseTokens(limit: number): RequestError {
  return new RequestError('TOKEN_LIMIT', `The document has more than ${limit} tokens.`);
}
