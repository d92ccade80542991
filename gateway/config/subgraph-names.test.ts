import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { createGateway } from '../index.ts';
import { ConfigError } from './gateway-config.ts';

const url = 'http://127.0.0.1:1/graphql';
const books = 'type Query { books: Int }';
const stars = 'type Query { stars: Int }';

let folder: string;
let supergraphFile: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-subgraph-names-'));
  supergraphFile = path.join(folder, 'supergraph.graphql');
});
afterAll(() => rm(folder, { recursive: true }));

test('a gateway does not start with options of subgraphs that are not there, and says which are', async () => {
  await writeFile(supergraphFile, composeSubgraphs({ books, stars }));
  const config = {
    supergraphFile,
    watchSupergraph: false,
    subgraphUrls: { books: url, star: url },
    subgraphReplicas: { Stars: [url] },
  };
  const refused = createGateway(config, pino({ level: 'silent' }));
  await expect(refused).rejects.toThrow(ConfigError);
  await expect(refused).rejects.toThrow(
    [
      `The gateway's configuration does not fit ${supergraphFile}:`,
      '- subgraphUrls: no subgraph is named "star"; expected one of "books", "stars"',
      '- subgraphReplicas: no subgraph is named "Stars"; expected one of "books", "stars"',
    ].join('\n'),
  );
});

test('a supergraph that has lost a subgraph is put in place, with a warning of what is said of it', async () => {
  await writeFile(supergraphFile, composeSubgraphs({ books, stars }));
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const gateway = await createGateway(
    { supergraphFile, watchSupergraph: false, subgraphUrls: { books: url, stars: url } },
    pino({ level: 'warn' }, { write }),
  );
  onTestFinished(() => gateway.close());
  expect(lines).toEqual([]);
  await writeFile(supergraphFile, composeSubgraphs({ books }));
  expect(await gateway.reload()).toMatchObject({ kind: 'exchanged' });
  expect(lines).toMatchObject([
    { level: 40, option: 'subgraphUrls', subgraph: 'stars', subgraphs: ['books'] },
  ]);
});
