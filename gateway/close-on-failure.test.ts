import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

import { composeSubgraphs } from '../tests/support/compose-subgraphs.ts';
import { closeOnFailure } from './close-on-failure.ts';
import { createGateway } from './index.ts';

// The last step of starting a gateway, which a configuration cannot make fail.
vi.mock('../telemetry/otlp-tracing.ts', () => ({
  startOtlpTracing: () => Promise.reject(new Error('no tracing')),
}));

let folder: string;
let supergraphFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-close-on-failure-'));
  supergraphFile = path.join(folder, 'supergraph.graphql');
  await writeFile(supergraphFile, composeSubgraphs({ one: 'type Query { a: Int }' }));
});
afterAll(() => rm(folder, { recursive: true }));

/** A log, and what was written to it. The engine writes how well its plans were used when it is closed. */
function makeLog() {
  const lines: string[] = [];
  return { lines, log: pino({}, { write: (line: string) => void lines.push(line) }) };
}

test('what was opened is closed when a later step fails, the last first, whatever does not close', async () => {
  const { lines, log } = makeLog();
  const closed: string[] = [];
  const opening = closeOnFailure(log, (opened) => {
    opened(() => Promise.resolve(closed.push('first')));
    opened(() => Promise.reject(new Error('stuck')));
    opened(() => Promise.resolve(closed.push('last')));
    return Promise.reject(new Error('broken'));
  });
  await expect(opening).rejects.toThrow('broken');
  expect(closed).toEqual(['last', 'first']);
  expect(lines.join('')).toContain('stuck');
});

test('what was opened stays open when no step fails', async () => {
  const closed: string[] = [];
  const opening = closeOnFailure(makeLog().log, (opened) => {
    opened(() => Promise.resolve(closed.push('first')));
    return Promise.resolve('open');
  });
  expect(await opening).toBe('open');
  expect(closed).toEqual([]);
});

test('a gateway whose usage file is none closes its engine', async () => {
  const { lines, log } = makeLog();
  const usageFile = path.join(folder, 'notes.txt');
  await writeFile(usageFile, 'notes');
  await expect(createGateway({ supergraphFile, usageFile }, log)).rejects.toThrow('is no usage file');
  expect(lines.join('')).toContain('plan cache');
  expect(await readFile(usageFile, 'utf8')).toBe('notes');
});

test('a gateway that fails at its last step closes all the others', async () => {
  const { lines, log } = makeLog();
  const usageFile = path.join(folder, 'usage.json');
  const config = { supergraphFile, usageFile, otlpEndpoint: 'http://127.0.0.1:1' };
  await expect(createGateway(config, log)).rejects.toThrow('no tracing');
  expect(lines.join('')).toContain('plan cache');
  // A recorder that is closed writes its file.
  expect(JSON.parse(await readFile(usageFile, 'utf8'))).toBeTypeOf('object');
});
