import { pino } from 'pino';
import { afterEach, expect, test } from 'vitest';

import { startOtlpCollector } from '../tests/support/otlp-collector.ts';
import { startOtlpTracing } from './otlp-tracing.ts';
import type { Tracing } from './tracing.ts';

const closers: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function start(endpoint: string, log = pino({ level: 'silent' })): Promise<Tracing> {
  const tracing = await startOtlpTracing({ endpoint, service: 'test', samplePercent: 100, log });
  closers.push(() => tracing.close());
  return tracing;
}

test('spans of a request have their times to the microsecond beside each other', async () => {
  const collector = await startOtlpCollector();
  closers.push(() => collector.close());
  const tracing = await start(collector.endpoint);
  const startMs = performance.now();
  const request = tracing.begin({ name: 'request', kind: 'server', startMs }, undefined);
  // Begun at other times than told, as statements are when they have ended.
  for (let count = 1; count <= 50; count += 1) {
    while (performance.now() < startMs + count / 10) continue;
    request
      ?.begin({ name: 'part', kind: 'internal', startMs: startMs + 0.25 })
      .end({ endMs: startMs + 0.75 });
  }
  request?.end({ endMs: startMs + 1 });
  await tracing.close();
  await expect.poll(() => collector.spans.length).toBe(51);
  const began = collector.spans.find(({ name }) => name === 'request')?.startMs ?? 0;
  const parts = collector.spans.filter(({ name }) => name === 'part');
  expect(new Set(parts.map((span) => Math.round((span.startMs - began) * 100)))).toEqual(new Set([25]));
});
