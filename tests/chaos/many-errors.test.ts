import { afterAll, beforeAll, expect, test } from 'vitest';

import type { Engine } from '../../gateway/engine.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { createEngineUnderTest, runOperation, type ClientAnswer } from '../support/engines-under-test.ts';
import { measureShortest } from '../support/measure-shortest.ts';
import { startSubgraphHost, type SubgraphHost } from '../support/subgraph-host.ts';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])';
const sdlByName = {
  books: `${link} type Query { books: [Book!] } type Book @key(fields: "id") { id: ID! }`,
  stars: `${link} type Book @key(fields: "id") { id: ID! stars: Int }`,
};
const positions = Array.from({ length: 5000 }, (_, position) => position);
const books = JSON.stringify({ data: { books: positions.map((id) => ({ __typename: 'Book', id })) } });

// Quadratic work took 5 s and more here; linear work takes a tenth of the bound.
const msMax = 3000;

let host: SubgraphHost;
let engine: Engine;
beforeAll(async () => {
  host = await startSubgraphHost(sdlByName);
  const supergraphSdl = composeSubgraphs(sdlByName);
  engine = await createEngineUnderTest('compiled', { supergraphSdl, subgraphUrls: host.urls });
});
afterAll(async () => {
  await engine.close();
  await host.close();
});

/** Asks for the stars of all books, where that subgraph answers this; and says how long it took at the least. */
async function askStars(stars: unknown): Promise<{ answer: ClientAnswer; ms: number }> {
  const text = JSON.stringify(stars);
  host.interfere(({ subgraph }, response) => {
    response.end(subgraph === 'books' ? books : text);
    return true;
  });
  let answer: ClientAnswer = {};
  const ms = await measureShortest(msMax, async () => {
    const startedMs = performance.now();
    answer = await runOperation(engine, { query: '{ books { stars } }' });
    return performance.now() - startedMs;
  });
  return { answer, ms };
}

test('each of thousands of entities may fail, and the event loop goes on', async () => {
  const { answer, ms } = await askStars({
    errors: positions.map((position) => ({ message: 'gone', path: ['_entities', position] })),
    data: { _entities: positions.map(() => null) },
  });
  expect(answer.data).toEqual({ books: positions.map(() => ({ stars: null })) });
  expect(answer.errors?.[999]).toMatchObject({ message: 'gone', path: ['books', 999] });
  expect(ms).toBeLessThan(msMax);
});

test('thousands of errors about nothing in particular do not become millions', async () => {
  const { answer, ms } = await askStars({ errors: positions.map(() => ({})), data: null });
  expect(answer.data).toEqual({ books: positions.map(() => ({ stars: null })) });
  expect(answer.errors?.length).toBeLessThan(3000);
  expect(ms).toBeLessThan(msMax);
});
