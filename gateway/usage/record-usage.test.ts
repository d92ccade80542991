import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { buildSchema, getOperationAST, parse } from 'graphql';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { ConfigError } from '../config/gateway-config.ts';
import { startUsageRecorder, type UsageRecorder } from './record-usage.ts';
import { usageShape, type UsageFile } from './usage-file.ts';

const schema = buildSchema('type Query { name: String }');
const log = pino({ level: 'silent' });

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-usage-'));
  file = path.join(folder, 'below', 'usage.json');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

function count(recorder: UsageRecorder): void {
  const document = parse('query A { name }');
  const operation = getOperationAST(document);
  if (operation)
    recorder.count({ schema, queryHash: 'a', document, operation, variables: {}, client: 'web' });
}

async function read(): Promise<UsageFile> {
  return usageShape.parse(JSON.parse(await readFile(file, 'utf8')));
}

describe('the usage file', () => {
  test('is written at the end, and gone on with at the next start', async () => {
    const first = await startUsageRecorder({ file, keepDays: 30, log });
    count(first);
    await first.close();
    const { from } = await read();
    const second = await startUsageRecorder({ file, keepDays: 30, log });
    count(second);
    await Promise.all([second.close(), second.close()]);
    expect(await read()).toMatchObject({ from, operations: { A: [{ name: 'web', calls: 2 }] } });
    expect(await readdir(path.dirname(file))).toEqual(['usage.json']);
  });

  test('is not written over what is no usage file', async () => {
    file = path.join(folder, 'notes.json');
    await writeFile(file, '{ "mine": true }');
    await expect(startUsageRecorder({ file, keepDays: 30, log })).rejects.toThrow(ConfigError);
    expect(await readFile(file, 'utf8')).toBe('{ "mine": true }');
  });

  test('that cannot be written is logged, and the gateway goes on', async () => {
    await writeFile(path.join(folder, 'below'), 'no folder');
    file = path.join(folder, 'below', 'usage.json');
    const lines: string[] = [];
    const heard = pino({}, { write: (line: string) => lines.push(line) });
    await expect(startUsageRecorder({ file, keepDays: 30, log: heard })).rejects.toThrow('ENOTDIR');
    await rm(path.join(folder, 'below'));
    const recorder = await startUsageRecorder({ file, keepDays: 30, log: heard });
    await writeFile(path.join(folder, 'below'), 'no folder');
    count(recorder);
    await recorder.write();
    expect(lines.join('')).toContain('the usage file cannot be written');
    await rm(path.join(folder, 'below'));
    await recorder.close();
    expect(await read()).toMatchObject({ operations: { A: [{ calls: 1 }] } });
  });
});
