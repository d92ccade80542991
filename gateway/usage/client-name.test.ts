import { expect, test } from 'vitest';

import { readClientName, unnamedClient } from './client-name.ts';

test('a client is called as it names itself, with its version when it tells one', () => {
  expect(readClientName({ 'graphql-client-name': 'web' })).toBe('web');
  expect(readClientName({ 'apollographql-client-name': 'ios', 'apollographql-client-version': '4.2' })).toBe(
    'ios/4.2',
  );
  expect(readClientName({ 'x-graphql-client-name': 'x'.repeat(500) })).toHaveLength(100);
});

test('a client without a name, or with an empty one, is unnamed', () => {
  expect(readClientName({})).toBe(unnamedClient);
  expect(readClientName({ 'graphql-client-name': ' ', 'graphql-client-version': '1' })).toBe(unnamedClient);
});
