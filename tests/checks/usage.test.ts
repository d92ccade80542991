import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { runCheckCommand } from '../../cli/run-check.ts';
import { runPublishCommand } from '../../cli/run-publish.ts';
import { listen } from '../../gateway/http/listen.ts';
import { createGateway } from '../../gateway/index.ts';

let root: string;
let base: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'freehold-usage-'));
  base = `${root}-base`;
  await cp(path.join(import.meta.dirname, 'fixtures/_project'), root, { recursive: true });
  await cp(root, base, { recursive: true });
});

afterEach(async () => {
  await rm(root, { recursive: true });
  await rm(base, { recursive: true });
});

async function send(url: string, client: string, query: string, variables = {}): Promise<void> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'graphql-client-name': client },
    body: JSON.stringify({ query, variables }),
  });
  await response.arrayBuffer();
}

test('a check judges by the file that a gateway wrote of its clients', async () => {
  const quiet = { write: () => undefined, fail: () => undefined };
  expect(await runPublishCommand(root, {}, quiet)).toBe(0);
  const usageFile = path.join(root, 'seen.json');
  const log = pino({ level: 'silent' });
  const gateway = await createGateway(
    { supergraphFile: path.join(root, 'supergraph.graphql'), port: 0, watchSupergraph: false, usageFile },
    log,
  );
  const listening = await listen(gateway, log);
  // No subgraph answers: that an operation fails does not make it unused.
  await send(listening.url, 'kiosk', 'query Board { person(id: 1) { nickname } }');
  await send(listening.url, 'kiosk', 'query Board { person(id: 1) { nickname } }');
  await send(listening.url, 'kiosk', '{ noSuchField }');
  await listening.stop();

  const schema = path.join(root, 'subgraphs/people/schema.graphql');
  const text = await readFile(schema, 'utf8');
  await writeFile(schema, text.replace(/^ {2}nickname: .*\n/m, ''));
  let written = '';
  const output = { write: (part: string) => (written += part), fail: (part: string) => (written += part) };
  expect(await runCheckCommand(root, { format: 'text', base, usage: ['seen.json'] }, output)).toBe(1);
  expect(written).toContain('BREAKING  field-removed  Person.nickname');
  expect(written).toMatch(
    /operations that are in no document, sent by kiosk \(2 calls, last seen [-\d]{10}\)/,
  );
  expect(written).toMatch(/kiosk also sends\s+Board/);
});
