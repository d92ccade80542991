import { parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { measureOperations } from './measure-operation.ts';

function measure(text: string) {
  return measureOperations(parse(text))[0];
}

describe('an operation is measured', () => {
  test('with its fragments spread out, as often as they are spread', () => {
    expect(
      measure('{ a { ...F } b { ...F ... on B { x @skip(if: false) } } } fragment F on A { c: d { e } }'),
    ).toEqual({ depth: 3, aliases: 2, rootFields: 2, directives: 1, selections: 10 });
  });

  test('in time that grows with its length, though its fragments double at every level', () => {
    const levels = 60;
    const fragments = Array.from(
      { length: levels },
      (_, at) => `fragment F${at} on Q { a { ...F${at + 1} } b { ...F${at + 1} } }`,
    );
    const shape = measure(`{ ...F0 } ${fragments.join(' ')} fragment F${levels} on Q { c }`);
    expect(shape?.selections).toBeGreaterThan(2 ** levels);
    expect(shape?.depth).toBe(levels + 1);
  });

  test('though a fragment contains itself or is missing: validation refuses both', () => {
    expect(measure('{ ...A } fragment A on Q { a { ...A ...Nowhere } }')?.depth).toBe(1);
  });

  test('without the levels of introspection, which has its own switch', () => {
    expect(measure('{ __schema { types { fields { type { name } } } } a }')?.depth).toBe(1);
  });

  test('each by itself where a document has several', () => {
    const shapes = measureOperations(parse('query A($a: Int @d) @d { a } query B { a { b } }'));
    expect(shapes.map((shape) => [shape.depth, shape.directives])).toEqual([
      [1, 2],
      [2, 0],
    ]);
  });
});
