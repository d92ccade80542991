import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { readSupergraph } from './read-supergraph.ts';
import type { Supergraph } from './supergraph.ts';
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

test('a file that is a link, as Kubernetes mounts a ConfigMap, is read again when what it leads to changes', async () => {
  const mounted = path.join(folder, 'mounted');
  const put = async (version: string, sdl: string): Promise<void> => {
    await mkdir(path.join(mounted, version), { recursive: true });
    await writeFile(path.join(mounted, version, 'supergraph.graphql'), composeSubgraphs({ one: sdl }));
    await symlink(version, path.join(mounted, '..data_tmp'));
    await rename(path.join(mounted, '..data_tmp'), path.join(mounted, '..data'));
  };
  await put('..1', 'type Query { a: Int }');
  const file = path.join(mounted, 'supergraph.graphql');
  await symlink('..data/supergraph.graphql', file);
  const current = await readSupergraph(file);
  const log = pino({ level: 'silent' });
  const exchanged = new Promise<string>((resolve) => {
    const exchange = (next: Supergraph): Promise<void> => Promise.resolve(resolve(next.sdl));
    const reloader = new SupergraphReloader({ file, current, exchange, log });
    reloader.watch();
    onTestFinished(() => reloader.close());
  });
  await put('..2', 'type Query { a: Int b: Int }');
  expect(await exchanged).toContain('b: Int');
});
