import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { readSupergraph } from './read-supergraph.ts';
import { SupergraphReloader } from './supergraph-reloader.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-reloader-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('a reloader that is closed waits for the exchange under way, which may be given up', async () => {
  const file = path.join(folder, 'supergraph.graphql');
  await writeFile(file, composeSubgraphs({ one: 'type Query { a: Int }' }));
  const current = await readSupergraph(file);
  await writeFile(file, composeSubgraphs({ one: 'type Query { a: Int b: Int }' }));
  let giveUp: () => void = () => undefined;
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const exchange = () =>
    new Promise<void>((_resolve, reject) => {
      giveUp = () => reject(new Error('closed'));
      begin();
    });
  const reloader = new SupergraphReloader({ file, current, exchange, log: pino({ level: 'silent' }) });
  const ended: string[] = [];
  const reloaded = reloader.reload().then(({ kind }) => ended.push(kind));
  await begun;
  const closed = Promise.resolve(reloader.close()).then(() => ended.push('closed'));
  setImmediate(giveUp);
  await Promise.all([reloaded, closed]);
  expect(ended).toEqual(['unchanged', 'closed']);
});
