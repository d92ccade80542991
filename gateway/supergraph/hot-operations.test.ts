import { buildSchema, parse, type OperationDefinitionNode } from 'graphql';
import { expect, test } from 'vitest';

import type { EngineRequest } from '../engine.ts';
import { Cancellation } from '../transport/cancellation.ts';
import { HotOperations } from './hot-operations.ts';

function request(query: string): EngineRequest {
  const document = parse(query);
  const operation = document.definitions[0] as OperationDefinitionNode;
  return {
    query,
    queryHash: query,
    document,
    operation,
    operationName: undefined,
    variables: {},
    headers: {},
    cancellation: new Cancellation(),
  };
}

test('the most frequent operations come first, and those that the next schema refuses are left out', () => {
  const hot = new HotOperations();
  for (let times = 0; times < 3; times += 1) hot.note(request('{ gone }'));
  for (let times = 0; times < 2; times += 1) hot.note(request('{ kept }'));
  hot.note(request('{ rare }'));
  const schema = buildSchema('type Query { kept: Int rare: Int }');
  expect(hot.listFor(schema, 3).map(({ query }) => query)).toEqual(['{ kept }', '{ rare }']);
  expect(hot.listFor(schema, 2).map(({ query }) => query)).toEqual(['{ kept }']);
});

test('however many operations are sent, only so many are remembered, and a frequent one stays', () => {
  const hot = new HotOperations();
  const schema = buildSchema('type Query { a: Int }');
  for (let place = 0; place < 10_000; place += 1) {
    hot.note(request('{ frequent: a }'));
    hot.note(request(`{ a${place}: a }`));
  }
  const known = hot.listFor(schema, 10_000);
  expect(known.length).toBeLessThanOrEqual(2000);
  expect(known[0]?.query).toBe('{ frequent: a }');
});

test('operations of a megabyte each are not remembered by the hundred', () => {
  const hot = new HotOperations();
  const schema = buildSchema('type Query { kept: Int }');
  for (let count = 0; count < 100; count += 1) hot.note(request(`{ kept } #${count}`.padEnd(1_000_000, 'x')));
  const { length } = hot.listFor(schema, 100);
  expect(length).toBeGreaterThan(0);
  expect(length).toBeLessThanOrEqual(8);
});
