import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, test, vi } from 'vitest';

import { listFragments } from '../../operation/conditions.ts';
import { normaliseOperation } from '../../operation/normalise-operation.ts';
import type { DataObject } from '../data.ts';
import { compileProjection, noLocal, type Projected } from './compile-projection.ts';

const schema = buildSchema(`
  scalar Any
  enum Size { SMALL LARGE }
  interface Being { id: ID! name: String! }
  type Human implements Being { id: ID! name: String! age: Int }
  type Robot implements Being { id: ID! name: String! model: String }
  union Thing = Human | Robot
  type Query {
    text: String int: Int float: Float flag: Boolean id: ID any: Any size: Size
    strict: String! grid: [[Int!]] beings: [Being!] being: Being thing: Thing human: Human
    constructor: String
  }
`);

function project(query: string, data: DataObject, shared: readonly string[] = []): Projected {
  return compile(query, shared)(data);
}

function compile(query: string, shared: readonly string[] = []): (data: DataObject) => Projected {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('Expected one operation.');
  const normalised = normaliseOperation({
    operation,
    fragments: listFragments(document),
    schema,
    fieldNames: new Set(),
    conditions: {},
  });
  const write = compileProjection(normalised, schema, new Set(shared));
  return (data) => write(data, noLocal, { isPlain: false, hasShared: true });
}

describe('the projection', () => {
  test("has the client's names in the client's order, and nothing else", () => {
    const { json } = project('{ b: text a: text int }', { int: 1, text: 'x "y"', other: 2 });
    expect(json).toBe('{"b":"x \\"y\\"","a":"x \\"y\\"","int":1}');
  });

  test('writes each scalar by its rule', () => {
    const { json, errors } = project('{ int float flag id any size }', {
      int: 3,
      float: 1.5,
      flag: false,
      id: 7,
      any: { deep: [1, 'x'] },
      size: 'SMALL',
    });
    expect(json).toBe('{"int":3,"float":1.5,"flag":false,"id":"7","any":{"deep":[1,"x"]},"size":"SMALL"}');
    expect(errors).toEqual([]);
  });

  test('keeps nothing of names that a subgraph makes up', () => {
    const write = compile('{ being { id } }');
    const kept = vi.spyOn(Map.prototype, 'set');
    for (let count = 0; count < 10; count++)
      expect(write({ being: { __typename: `Made${count}`, id: '1' } }).json).toBe('{"being":null}');
    const names = kept.mock.calls.map(([name]) => String(name));
    kept.mockRestore();
    expect(names.filter((name) => name.startsWith('Made'))).toEqual([]);
  });

  test('answers null and an error for a value that is none of its type', () => {
    const { json, errors } = project('{ int flag size text }', { int: 'x', flag: 1, size: 'HUGE', text: {} });
    expect(json).toBe('{"int":null,"flag":null,"size":null,"text":null}');
    expect(errors.map(({ path }) => path)).toEqual([['int'], ['flag'], ['size'], ['text']]);
  });

  test('makes the nearest nullable parent null where a value may not be', () => {
    expect(project('{ grid }', { grid: [[1, null], [2]] })).toEqual({
      json: '{"grid":[null,[2]]}',
      errors: [{ message: expect.stringContaining('Cannot return null') as string, path: ['grid', 0, 1] }],
    });
    expect(project('{ strict }', {}).json).toBe('null');
    const { json, errors } = project('{ beings { name } }', {
      beings: [{ __typename: 'Human', name: 'Ann' }, { __typename: 'Human' }],
    });
    expect(json).toBe('{"beings":null}');
    expect(errors[0]?.path).toEqual(['beings', 1, 'name']);
  });

  test("chooses the fields by an object's type", () => {
    const query = '{ thing { __typename ... on Being { id } ... on Robot { model } ... on Human { age } } }';
    expect(project(query, { thing: { __typename: 'Robot', id: 'r', model: 'X', age: 1 } }).json).toBe(
      '{"thing":{"__typename":"Robot","id":"r","model":"X"}}',
    );
  });

  test('answers null for an object of an unknown type, and for one whose type is only an interface', () => {
    expect(project('{ being { id } }', { being: { __typename: 'Ghost', id: '1' } }).json).toBe(
      '{"being":null}',
    );
    expect(project('{ being { __typename } }', { being: { __typename: 'Being' } }).json).toBe(
      '{"being":null}',
    );
    expect(project('{ being { id } }', { being: { __typename: 'Being', id: '1' } }).json).toBe(
      '{"being":{"id":"1"}}',
    );
  });

  test('does not mistake what every object inherits for a field', () => {
    expect(project('{ constructor }', {}).json).toBe('{"constructor":null}');
  });

  test('finds an error at every place of an object that stands at several', () => {
    const human = { __typename: 'Human', name: 'Ann', age: 'old' };
    const { json, errors } = project('{ beings { ... on Human { age } } }', { beings: [human, human] }, [
      '',
      'beings',
    ]);
    expect(json).toBe('{"beings":[{"age":null},{"age":null}]}');
    expect(errors.map(({ path }) => path)).toEqual([
      ['beings', 0, 'age'],
      ['beings', 1, 'age'],
    ]);
  });
});
