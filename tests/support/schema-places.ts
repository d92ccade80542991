import { findNarrowings } from '../../checks/migrations/validators/find-narrowings.ts';
import type { Schema } from '../../checks/migrations/validators/narrowing.ts';

export const text = { bsonType: 'string' };
export const whole = { bsonType: 'int' };
export const broken = { bsonType: 'double' };
export const listOf = (items: unknown, others: Schema = {}) => ({ bsonType: 'array', items, ...others });
export const objectOf = (properties: Schema, others: Schema = {}) => ({
  bsonType: 'object',
  properties,
  ...others,
});
export const closed = { additionalProperties: false };

/** Places of a document that a value may stand in: the path, the document with it, and the schema of that. */
export const places: readonly [path: string, (inner: unknown) => unknown, (schema: Schema) => Schema][] = [
  ['at', (value) => ({ at: value }), (schema) => objectOf({ at: schema })],
  ['in.at', (value) => ({ in: { at: value } }), (schema) => objectOf({ in: objectOf({ at: schema }) })],
  ['all[]', (value) => ({ all: [value] }), (schema) => objectOf({ all: listOf(schema) })],
  [
    'all[].in.at',
    (value) => ({ all: [{ in: { at: value } }] }),
    (schema) => objectOf({ all: listOf(objectOf({ in: objectOf({ at: schema }) })) }),
  ],
];

/** The sentences, each with its place below `place`; `(?)` stands behind what is not certain. */
export function printNarrowings(before: Schema, after: Schema, place = ''): string[] {
  return findNarrowings(before, after, (name) => name === 'colour').map(
    ({ path, what, isCertain }) =>
      `${path.startsWith(place) ? path.slice(place.length) : `${path}!`} ${what}${isCertain ? '' : ' (?)'}`,
  );
}
