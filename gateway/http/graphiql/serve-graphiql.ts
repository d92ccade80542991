import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';

import { RequestError } from '../../errors.ts';
import { findProjectRoot } from '../../project-root.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.ttf': 'font/ttf',
  '.woff2': 'font/woff2',
  '.map': 'application/json; charset=utf-8',
};

/**
 * Answers `/graphiql` and the files below it from the bundle that the build made: no other host is asked. The page
 * reads from `defaults.json` which token to start with.
 */
export async function serveGraphiql(
  request: IncomingMessage,
  response: ServerResponse,
  urlPath: string,
  token: string | undefined,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD');
    throw new RequestError(
      'METHOD_NOT_ALLOWED',
      `${request.method ?? ''} is not for /graphiql; expected GET.`,
    );
  }
  const name =
    urlPath === '/graphiql' || urlPath === '/graphiql/' ? 'index.html' : urlPath.slice('/graphiql/'.length);
  if (name === 'defaults.json') return answerDefaults(request, response, token);
  const type = contentTypes[path.extname(name)];
  // Only plain names of the bundle's flat folder: nothing that could climb out of it.
  if (type === undefined || !/^[\w.-]+$/.test(name)) throw notFound(urlPath);
  const file = path.join(findProjectRoot(), 'dist', 'graphiql', name);
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) throw notFound(urlPath);
  response.writeHead(200, {
    'content-type': type,
    'content-length': found.size,
    'cache-control': name === 'index.html' ? 'no-cache' : 'public, max-age=3600',
    'x-content-type-options': 'nosniff',
  });
  if (request.method === 'HEAD') response.end();
  else await pipeline(createReadStream(file), response).catch(() => response.destroy());
}

/** A page of another site that has its name lead to this machine is not told: it names itself, not this machine. */
function answerDefaults(request: IncomingMessage, response: ServerResponse, token: string | undefined): void {
  const isThisMachine = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i.test(request.headers.host ?? '');
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(
    JSON.stringify(isThisMachine && token !== undefined ? { Authorization: `Bearer ${token}` } : {}),
  );
}

function notFound(urlPath: string): RequestError {
  return new RequestError('NOT_FOUND', `There is no file ${JSON.stringify(urlPath)} in GraphiQL's bundle.`);
}
