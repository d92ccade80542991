import type { IncomingMessage } from 'node:http';

import { RequestError } from '../errors.ts';

/** Any value of these proves that the browser asked first, because they are not on its list of safe headers. */
export const preflightHeaders = ['x-apollo-operation-name', 'apollo-require-preflight'];

/**
 * Refuses what a foreign page could send without a CORS preflight, by Apollo Server's rule. A POST passes here, because
 * its body has to be application/json, which needs a preflight. Apollo Server checks the same behind this guard, which
 * is here for its code and its counter.
 */
export function preventCsrf(request: IncomingMessage): void {
  if (request.method === 'POST') return;
  if (isJson(request) || preflightHeaders.some((name) => (request.headers[name] ?? '') !== '')) return;
  throw new RequestError(
    'CSRF_PREVENTED',
    `A browser could send this request for a foreign page. Expected content-type "application/json", or one of the headers ${preflightHeaders.join(', ')}.`,
  );
}

function isJson(request: IncomingMessage): boolean {
  return /^application\/json\s*(;|$)/i.test(request.headers['content-type'] ?? '');
}
