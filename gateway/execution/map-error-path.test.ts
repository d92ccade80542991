import { buildSchema, getOperationAST, parse } from 'graphql';
import { expect, test } from 'vitest';

import { listFragments } from '../operation/conditions.ts';
import { listFieldNames } from '../operation/field-names.ts';
import { normaliseOperation } from '../operation/normalise-operation.ts';
import { mapErrorPath } from './map-error-path.ts';

const schema = buildSchema(`
  type Query { car: Car constructor: Car }
  type Car { name: String constructor: String toString: String }
`);

function normalise(query: string) {
  const document = parse(query);
  const operation = getOperationAST(document);
  if (!operation) throw new Error('Expected one operation.');
  const fieldNames = listFieldNames(Object.values(schema.getTypeMap()));
  return normaliseOperation({
    operation,
    fragments: listFragments(document),
    schema,
    fieldNames,
    conditions: {},
  });
}

test.each(['name', 'constructor', 'toString'])('a field "%s" that is not there is missing', (name) => {
  const [place] = mapErrorPath(
    { path: ['car'], fields: ['other'] },
    normalise(`{ car { ${name} } }`),
    { car: {} },
    schema,
  );
  expect(place).toEqual({ path: ['car'], isAsked: false, isMissed: true });
});

test.each(['name', 'constructor', 'toString'])('a field "%s" that is there is not', (name) => {
  const [place] = mapErrorPath(
    { path: ['car'], fields: ['other'] },
    normalise(`{ car { ${name} } }`),
    { car: { [name]: 'a' } },
    schema,
  );
  expect(place).toEqual({ path: ['car'], isAsked: false, isMissed: false });
});

test('an object "constructor" that is not there is missing', () => {
  const [place] = mapErrorPath(
    { path: ['constructor'], fields: ['other'] },
    normalise('{ constructor { name } }'),
    {},
    schema,
  );
  expect(place).toEqual({ path: ['constructor'], isAsked: false, isMissed: true });
});
