import type { IncomingMessage, ServerResponse } from 'node:http';

import cors from 'cors';

import type { GatewayConfig } from '../config/gateway-config.ts';

/** Origins of Apollo's hosted Sandbox: its page, and the frame that the landing page embeds. */
const sandboxOrigins = ['https://studio.apollographql.com', 'https://sandbox.embed.apollographql.com'];

export type CorsGuard = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Sets the CORS headers and answers preflight requests itself; anything else goes to `next`. An origin that is not
 * listed gets no header, so its browser keeps the answer from the page.
 */
export function makeCorsGuard(config: GatewayConfig): CorsGuard {
  const origins = [...config.corsOrigins, ...(config.mode === 'development' ? sandboxOrigins : [])];
  const guard = cors<IncomingMessage>({
    origin: origins.includes('*') ? '*' : origins,
    methods: ['GET', 'POST'],
    credentials: !origins.includes('*'),
    maxAge: 600,
  }) as CorsGuard;
  const isAnyOrigin = origins.includes('*');
  return (request, response, next) => {
    // Not from a page of another origin: nothing is to be allowed, and caches must know that it depends.
    if (request.headers.origin === undefined && request.method !== 'OPTIONS' && !isAnyOrigin) {
      response.setHeader('vary', 'Origin');
      next();
    } else guard(request, response, next);
  };
}
