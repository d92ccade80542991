import type { IncomingMessage } from 'node:http';

import { parseTraceParent } from '../../telemetry/traceparent.ts';
import type { Tracing } from '../../telemetry/tracing.ts';
import type { GatewayConfig } from '../config/gateway-config.ts';
import { makeExplainGate } from './explain-gate.ts';
import { RequestTrace } from './request-trace.ts';

/** Begins to watch a request; undefined for one that nobody wants to know of. */
export type BeginTrace = (request: IncomingMessage) => RequestTrace | undefined;

/**
 * Decides which requests are watched: those whose caller asks and may, and those that are recorded as spans. A
 * client's trace is gone on with where its `traceparent` would be sent on, else the gateway begins its own.
 */
export function makeBeginTrace(config: GatewayConfig, tracing: Tracing | undefined): BeginTrace {
  const isExplained = makeExplainGate(config);
  const takesParent = config.forwardHeaders.includes('traceparent');
  return ({ headers, method = 'GET' }) => {
    const asked = isExplained(headers);
    const span = tracing?.begin(
      {
        name: 'request',
        kind: 'server',
        startMs: performance.now(),
        attributes: { 'http.request.method': method },
      },
      takesParent ? parseTraceParent(headers['traceparent']) : undefined,
    );
    return asked || span !== undefined ? new RequestTrace({ isExplained: asked, span }) : undefined;
  };
}
