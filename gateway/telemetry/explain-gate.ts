import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { GatewayConfig } from '../config/gateway-config.ts';
import { explainHeader } from './trace.ts';

/** The header with the secret that lets a caller ask in production. */
export const explainTokenHeader = 'freehold-explain-token';

/** Whether a request asks for an explanation, and may. Every other is answered as usual. */
export type IsExplained = (headers: IncomingHttpHeaders) => boolean;

/** Decides who may ask for an explanation: everybody in development, in production who has `explainToken`. */
export function makeExplainGate({ mode, explainToken }: GatewayConfig): IsExplained {
  const expected = explainToken === undefined ? undefined : hash(explainToken);
  const mayAsk = (headers: IncomingHttpHeaders): boolean => {
    if (mode === 'development') return true;
    const token = headers[explainTokenHeader];
    return expected !== undefined && typeof token === 'string' && timingSafeEqual(hash(token), expected);
  };
  return (headers) => headers[explainHeader] === '1' && mayAsk(headers);
}

// Hashed, so that both have one length and the comparison tells nothing of either.
function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
