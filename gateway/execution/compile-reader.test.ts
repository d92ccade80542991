import { afterEach, describe, expect, test, vi } from 'vitest';

import type { EntityTarget, Required } from '../planning/compiled-plan.ts';
import { compileReader } from './compile-reader.ts';

const field = (key: string, requires?: readonly Required[]): Required => ({
  kind: 'field',
  key,
  sendAs: key,
  ...(requires && { requires }),
});
const onType = (name: string, requires: readonly Required[]): Required => ({
  kind: 'fragment',
  typeCondition: name,
  typeNames: [name],
  requires,
});
const compile = (requires: readonly Required[], overrides: EntityTarget['overrides'] = []) =>
  compileReader({ path: [], requires, overrides });

afterEach(() => {
  vi.restoreAllMocks();
});

describe('the reader of representations', () => {
  test('reads what each type is required for, and nothing of one that no condition names', () => {
    const read = compile([
      onType('Book', [field('__typename'), field('id')]),
      onType('Film', [field('__typename'), field('code')]),
    ]);
    expect(read({ __typename: 'Book', id: '1' })).toBe('{"__typename":"Book","id":"1"}');
    expect(read({ __typename: 'Film', code: 'x' })).toBe('{"__typename":"Film","code":"x"}');
    expect(read({ __typename: 'Song', id: '1' })).toBeUndefined();
    expect(read({ id: '1' })).toBeUndefined();
  });

  test('keeps apart what has different names where no condition names any', () => {
    const read = compile([field('__typename'), field('id')]);
    expect(read({ __typename: 'Book', id: '1' })).toBe('{"__typename":"Book","id":"1"}');
    expect(read({ __typename: 'Film', id: '1' })).toBe('{"__typename":"Film","id":"1"}');
  });

  test('overrides what stands in objects of one type alone', () => {
    const read = compile(
      [field('__typename'), field('id')],
      [{ path: [{ kind: 'type', typeNames: ['Book'] }], key: '__typename', value: 'Medium' }],
    );
    expect(read({ __typename: 'Book', id: '1' })).toBe('{"__typename":"Medium","id":"1"}');
    expect(read({ __typename: 'Film', id: '1' })).toBe('{"__typename":"Film","id":"1"}');
  });

  test('keeps nothing of names that a subgraph makes up', () => {
    const inner = field('inner', [onType('Part', [field('row')]), field('column')]);
    const read = compile([onType('Book', [field('__typename'), inner])]);
    read({ __typename: 'Book', inner: { __typename: 'Other', column: 1 } });
    read({ __typename: 'Other' });
    const kept = vi.spyOn(Map.prototype, 'set');
    for (let count = 0; count < 10; count++) {
      read({ __typename: `Made${count}` });
      expect(read({ __typename: 'Book', inner: { __typename: `Made${count}`, column: count } })).toBe(
        `{"__typename":"Book","inner":{"column":${count}}}`,
      );
    }
    expect(kept.mock.calls.filter(([key]) => String(key).startsWith('Made'))).toEqual([]);
  });
});
