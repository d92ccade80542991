/**
 * Freehold's gateway with a window for its parent: `observed-gateway SUPERGRAPH_FILE`. The parent asks over the process
 * channel for the delay of the event loop, the heap after a collection, or an exchange of the supergraph.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout } from 'node:timers/promises';

import { pino } from 'pino';

import { listen } from '../../gateway/http/listen.ts';
import { createGateway } from '../../gateway/index.ts';

/** What the parent may ask for. */
export type GatewayQuestion = 'reset-delay' | 'delay' | 'heap' | 'reload';

/** The answers: milliseconds for `delay`, MiB for `heap`, the outcome's kind for `reload`. */
export interface GatewayReply {
  readonly p50?: number;
  readonly p99?: number;
  readonly max?: number;
  readonly heapMib?: number;
  readonly outcome?: string;
}

const log = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
const [supergraphFile = ''] = process.argv.slice(2);
const gateway = await createGateway({ supergraphFile, port: 0, watchSupergraph: false }, log);
const { url } = await listen(gateway, log);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();

/** Twice: what the first collection lets finalizers free, the second one takes. */
async function readHeapMib(): Promise<number> {
  globalThis.gc?.();
  await setTimeout(200);
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / (1 << 20);
}

const answers: Readonly<Record<GatewayQuestion, () => GatewayReply | Promise<GatewayReply>>> = {
  'reset-delay': () => {
    delay.reset();
    return {};
  },
  delay: () => ({ p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, max: delay.max / 1e6 }),
  heap: async () => ({ heapMib: await readHeapMib() }),
  reload: async () => ({ outcome: (await gateway.reload()).kind }),
};

process.on('message', (question: GatewayQuestion) => {
  void Promise.resolve(answers[question]()).then((reply) => process.send?.(reply));
});
process.on('disconnect', () => process.exit(0));
console.log(`ready at ${url}/graphql`);
