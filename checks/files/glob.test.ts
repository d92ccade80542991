import { expect, test } from 'vitest';

import { compileGlob } from './glob.ts';

test.each([
  ['operations/**/*.{graphql,gql}', 'operations/a.graphql', true],
  ['operations/**/*.{graphql,gql}', 'operations/web/deep/a.gql', true],
  ['operations/**/*.{graphql,gql}', 'operations/a.json', false],
  ['./operations/*.graphql', 'operations/web/a.graphql', false],
  ['a?.txt', 'ab.txt', true],
  ['a.txt', 'abtxt', false],
])('%s finds %s: %s', (glob, path, expected) => {
  expect(compileGlob(glob)(path)).toBe(expected);
});
