import { describe, expect, test } from 'vitest';

import {
  closed,
  listOf,
  objectOf,
  places,
  printNarrowings,
  text,
  whole,
} from '../../../tests/support/schema-places.ts';
import type { Schema } from './narrowing.ts';

const widened: [name: string, before: Schema, after: Schema][] = [
  ['keys in another order', { bsonType: 'int', minimum: 1 }, { minimum: 1, bsonType: 'int' }],
  ['names in another order', objectOf({}, { required: ['a', 'b'] }), objectOf({}, { required: ['b', 'a'] })],
  ['values in another order', { enum: ['S', 'M'] }, { enum: ['M', 'S'] }],
  ['schemas in another order', { anyOf: [whole, text] }, { anyOf: [text, whole] }],
  [
    'other words for people',
    { ...text, title: 'a', not: { enum: ['b'] } },
    { ...text, not: { description: 'b', enum: ['b'] } },
  ],
  ['types in another spelling', { bsonType: ['int', 'long', 'double', 'decimal'] }, { type: 'number' }],
  ['a listed value in extended JSON', { enum: [1] }, { enum: [{ $numberInt: '1' }] }],
  ['a type more', text, { bsonType: ['null', 'string'] }],
  ['a value more', { enum: ['S'] }, { enum: ['S', 'M'] }],
  [
    'values that follow what takes their place',
    { enum: ['S', 'XL'] },
    { ...text, maxLength: 2, pattern: '^[A-Z]+$' },
  ],
  [
    'listed numbers with the type that they had',
    { bsonType: 'long', enum: [1, 2] },
    { bsonType: 'long', minimum: 1 },
  ],
  ['all values of a type', { bsonType: 'bool' }, { enum: [false, true] }],
  ['rules that are gone', { ...text, minLength: 1, pattern: 'a', not: { enum: ['b'] } }, {}],
  ['rules that say nothing', text, { ...text, minLength: 0 }],
  ['rules for a type that could not be', whole, { bsonType: ['int', 'string'], maxLength: 1, pattern: 'a' }],
  ['a limit in other words', { ...whole, minimum: 0, exclusiveMinimum: true }, { ...whole, minimum: 1 }],
  ['a limit in extended JSON', { ...whole, minimum: 5 }, { ...whole, minimum: { $numberLong: '5' } }],
  ['limits further away', { ...whole, minimum: 1, maximum: 5 }, { ...whole, minimum: 0, maximum: 6 }],
  ['a multiple of one', whole, { ...whole, multipleOf: 1 }],
  ['a multiple of less', { ...whole, multipleOf: 10 }, { ...whole, multipleOf: 5 }],
  [
    'a new name',
    objectOf({ a: text }),
    objectOf({ a: text, b: objectOf({ c: whole }, { required: ['c'] }) }),
  ],
  [
    'a new name of a closed object',
    objectOf({ a: text }, closed),
    objectOf({ a: text, colour: text }, closed),
  ],
  ['a name that is free', objectOf({ a: text }), objectOf({ a: text, colour: { description: 'Any.' } })],
  ['a name that is not listed any more', objectOf({ a: text, b: text }), objectOf({ a: text })],
  [
    'a name that has the schema of the others',
    objectOf({}, { additionalProperties: text }),
    objectOf({ a: text }, { additionalProperties: text }),
  ],
  [
    'a name that a pattern allows',
    objectOf({ a: text }, { patternProperties: { '^a': text }, ...closed }),
    { bsonType: 'object', patternProperties: { '^a': text }, ...closed },
  ],
  ['an open object', objectOf({ a: text }, closed), objectOf({ a: text })],
  [
    'patterns of names that were refused',
    objectOf({ a: text }, closed),
    objectOf({ a: text }, { patternProperties: { '^b': text }, ...closed }),
  ],
  ['patterns of names that are gone', objectOf({}, { patternProperties: { '^a': text } }), objectOf({})],
  ['places that were alike', listOf(text), listOf([text, text], { additionalItems: text })],
  ['places that could not be', listOf([text], { additionalItems: false }), listOf([text, whole])],
  [
    'places behind the largest number',
    listOf(text, { maxItems: 1 }),
    listOf([text], { additionalItems: false }),
  ],
  ['an item twice', listOf(text, { uniqueItems: true }), listOf(text, { uniqueItems: false })],
];

describe('says nothing of a schema that allows the same or more', () => {
  const cases = places.flatMap(([path, , wrap]) =>
    widened.map(([name, before, after]) => [`${name}, ${path}`, wrap(before), wrap(after)] as const),
  );
  test.each(cases)('%s', (_name, before, after) => {
    expect(printNarrowings(before, after)).toEqual([]);
  });
});
