import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { composeSubgraphs } from '../../tests/support/compose-subgraphs.ts';
import { createGateway } from '../index.ts';
import { listen, type ListeningGateway } from './listen.ts';

const sdl = 'type Query { books(first: Int, shelf: Shelf): Int } enum Shelf { LEFT RIGHT }';

let folder: string;
let gateway: ListeningGateway;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-suggestions-'));
  const supergraphFile = path.join(folder, 'supergraph.graphql');
  await writeFile(supergraphFile, composeSubgraphs({ one: sdl }));
  const log = pino({ level: 'silent' });
  const config = { supergraphFile, port: 0, watchSupergraph: false, mode: 'production' } as const;
  gateway = await listen(await createGateway(config, log), log);
});

afterAll(async () => {
  await gateway.stop();
  await rm(folder, { recursive: true });
});

async function tell(query: string, variables: object = {}): Promise<string> {
  const response = await fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  });
  expect(response.status).toBe(400);
  return response.text();
}

test('production tells no name that would have been right', async () => {
  expect(await tell('{ book }')).toContain('Cannot query field \\"book\\" on type \\"Query\\"."');
  expect(await tell('{ books(shelf: LEFTY) }')).toContain('does not exist in \\"Shelf\\" enum."');
  const asked = await tell('query ($shelf: Shelf) { books(shelf: $shelf) }', { shelf: 'LEFTY' });
  expect(asked).toContain('Value \\"LEFTY\\" does not exist in \\"Shelf\\" enum."');
});

// Searched for anew from each of its "Did you mean", such a text would hold the process for minutes.
const repeated = 'Did you mean '.repeat(50_000);

test.each([
  ['a variable', 'query ($first: Int) { books(first: $first) }'],
  ['a literal', `{ books(first: ${JSON.stringify(repeated)}) }`],
])('a wrong value in %s that reads like many suggestions is refused at once', async (_place, query) => {
  const beganMs = performance.now();
  expect(await tell(query, query.includes('$first') ? { first: repeated } : {})).toContain('Did you mean');
  expect(performance.now() - beganMs).toBeLessThan(5000);
});
