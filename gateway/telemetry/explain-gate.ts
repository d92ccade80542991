import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

import type { GatewayConfig } from '../config/gateway-config.ts';
import { explainHeader, OperationTrace } from './trace.ts';

/** The header with the secret that lets a caller ask in production. */
export const explainTokenHeader = 'freehold-explain-token';

/** A trace for a request that asks for one and may; undefined for every other, which is answered as usual. */
export type BeginTrace = (headers: IncomingHttpHeaders) => OperationTrace | undefined;

/** Decides who may ask for an explanation: everybody in development, in production who has `explainToken`. */
export function makeExplainGate({ mode, explainToken }: GatewayConfig): BeginTrace {
  const expected = explainToken === undefined ? undefined : hash(explainToken);
  const mayAsk = (headers: IncomingHttpHeaders): boolean => {
    if (mode === 'development') return true;
    const token = headers[explainTokenHeader];
    return expected !== undefined && typeof token === 'string' && timingSafeEqual(hash(token), expected);
  };
  return (headers) => {
    const asked = headers[explainHeader];
    return asked === '1' && mayAsk(headers) ? new OperationTrace() : undefined;
  };
}

// Hashed, so that both have one length and the comparison tells nothing of either.
function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
