import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

import { buildSchema, getOperationAST, parse, type GraphQLSchema } from 'graphql';
import { describe, expect, test } from 'vitest';

import { KnownOperations, readPosted, type KnownOperation } from './known-operations.ts';

const schema = buildSchema('type Query { a: Int b: Int }');
const source = 'query A { a } query B { b }';

function know(operationName: string, ownSchema = schema): KnownOperation {
  const document = parse(source);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error(`no operation ${operationName}`);
  return { schema: ownSchema, source, queryHash: 'hash', document, operation, operationName };
}

describe('an operation that was answered before', () => {
  test('is found by text, name, schema and what the client accepts', () => {
    const operations = new KnownOperations();
    const known = know('A');
    operations.note(known, '*/*', [['content-type', 'application/json']]);
    const posted = { query: source, operationName: 'A', variables: {} };
    expect(operations.find(posted, '*/*', schema)).toEqual({
      known,
      headers: [['content-type', 'application/json']],
    });
    expect(operations.find({ ...posted, operationName: 'B' }, '*/*', schema)).toBeUndefined();
    expect(operations.find({ ...posted, query: `${source} ` }, '*/*', schema)).toBeUndefined();
    expect(operations.find(posted, 'application/json', schema)).toBeUndefined();
    expect(operations.find(posted, '*/*', buildSchema('type Query { a: Int }'))).toBeUndefined();
  });

  test('has the headers of each kind of client', () => {
    const operations = new KnownOperations();
    const known = know('A');
    operations.note(known, 'a', [['x', '1']]);
    operations.note(known, 'b', [['x', '2']]);
    const posted = { query: source, operationName: 'A', variables: {} };
    expect(operations.find(posted, 'a', schema)?.headers).toEqual([['x', '1']]);
    expect(operations.find(posted, 'b', schema)?.headers).toEqual([['x', '2']]);
  });
});

test('a schema that is no longer in use is kept by no operation: its engine would be kept with it', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const operations = new KnownOperations();
  const old = ((): WeakRef<GraphQLSchema> => {
    const made = buildSchema('type Query { a: Int b: Int }');
    operations.keepFor(made);
    operations.note(know('A', made), '*/*', []);
    operations.keepFor(schema);
    // The answer to a request that was in flight.
    operations.note(know('B', made), '*/*', []);
    return new WeakRef(made);
  })();
  await new Promise(setImmediate);
  collect();
  expect(old.deref()).toBeUndefined();
  operations.note(know('A'), '*/*', []);
  expect(operations.find({ query: source, operationName: 'A', variables: {} }, '*/*', schema)).toBeDefined();
});

test('operations of a megabyte each are not kept by the hundred', () => {
  const operations = new KnownOperations();
  const texts = Array.from({ length: 100 }, (_, index) => `${source} #${index}`.padEnd(1_000_000, 'x'));
  for (const text of texts) operations.note({ ...know('A'), source: text }, '*/*', []);
  const isKept = (query: string): boolean =>
    operations.find({ query, operationName: 'A', variables: {} }, '*/*', schema) !== undefined;
  expect(texts.map(isKept).lastIndexOf(false)).toBe(91);
  expect(texts.slice(92).every(isKept)).toBe(true);
});

describe('a posted body', () => {
  test.each([
    ['a batch', [{ query: '{ a }' }]],
    ['no text', { variables: {} }],
    ['an empty text', { query: '' }],
    ['variables in a list', { query: '{ a }', variables: [1] }],
    ['variables as text', { query: '{ a }', variables: '{}' }],
    ['a name that is none', { query: '{ a }', operationName: 1 }],
    ['a persisted document', { query: '{ a }', extensions: { persistedQuery: { version: 1 } } }],
    ['extensions that are none', { query: '{ a }', extensions: 'x' }],
  ])('with %s is left to the server', (_name, body) => {
    expect(readPosted(body)).toBeUndefined();
  });

  test('is read with nulls as if they were not there', () => {
    expect(readPosted({ query: '{ a }', variables: null, operationName: null, extensions: null })).toEqual({
      query: '{ a }',
      operationName: undefined,
      variables: {},
    });
  });
});
