import { expect, test } from 'vitest';

import { chooseMediaType } from './choose-media-type.ts';

const json = 'application/json';
const graphql = 'application/graphql-response+json';

test.each([
  [undefined, json],
  ['*/*', json],
  [json, json],
  [graphql, graphql],
  ['application/GraphQL-Response+JSON; charset=utf-8', graphql],
  [`${graphql}, ${json};q=0.9`, graphql],
  [`${graphql};q=0.5, ${json}`, json],
  [`${graphql}, ${json}`, graphql],
  [`${json}, ${graphql}`, json],
  [`multipart/mixed, ${graphql}, */*`, graphql],
  [`${graphql};q=0`, json],
  ['text/html', json],
])('a client that accepts %s reads an error as %s', (accept, expected) => {
  expect(chooseMediaType(accept)).toBe(expected);
});
