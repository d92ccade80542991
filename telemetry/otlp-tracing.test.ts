import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

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

test('spans that come faster than the collector takes them cost one line in the log', async () => {
  let isHeld = true;
  const answers: (() => void)[] = [];
  const collector: Server = createServer((request, response) => {
    request.resume().on('end', () => {
      const answer = (): void =>
        void response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      if (isHeld) answers.push(answer);
      else answer();
    });
  });
  await new Promise<void>((resolve) => {
    collector.listen(0, '127.0.0.1', resolve);
  });
  closers.push(() => collector.close());
  const lines: { readonly msg: string }[] = [];
  const log = pino({}, { write: (line: string) => void lines.push(JSON.parse(line)) });
  const tracing = await start(`http://127.0.0.1:${(collector.address() as AddressInfo).port}`, log);
  const startMs = performance.now();
  for (let count = 0; count < 4000; count += 1)
    tracing.begin({ name: 'request', kind: 'server', startMs }, undefined)?.end({ endMs: startMs });
  expect(lines.map(({ msg }) => msg)).toEqual(['the collector takes spans too slowly; some are lost']);
  await expect.poll(() => answers.length).toBeGreaterThan(0);
  isHeld = false;
  for (const answer of answers) answer();
  await expect.poll(() => lines.map(({ msg }) => msg)[1]).toBe('the collector takes spans again');
  expect(lines).toHaveLength(2);
});
