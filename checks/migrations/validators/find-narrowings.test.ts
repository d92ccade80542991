import { Long } from 'bson';
import { describe, expect, test } from 'vitest';

import { compileJsonSchema } from '../../../databases/mongo/server/query/json-schema/compile-json-schema.ts';
import {
  broken,
  closed,
  listOf,
  objectOf,
  places,
  printNarrowings,
  text,
  whole,
} from '../../../tests/support/schema-places.ts';
import type { Schema } from './narrowing.ts';

const rules = 'has rules from now on, and could be anything before';
const unnamed = 'may no longer have properties that the validator does not name';

/** Expected are the places below the case's own, each with its sentence. `value` proves them: it is refused now. */
const narrowed: [name: string, before: Schema, after: Schema, value: unknown, ...expected: string[]][] = [
  ['a type', { bsonType: ['string', 'null'] }, text, null, ' may no longer be null'],
  ['number', { bsonType: 'number' }, whole, 1.5, ' may no longer be long, double, decimal'],
  ['a type of JSON', { type: ['number', 'string'] }, text, 1, ' may no longer be number'],
  [
    'any type',
    { minimum: 1 },
    { minimum: 1, bsonType: ['int', 'null'] },
    '',
    ' has to be int or null from now on',
  ],
  ['a free value', { description: 'Any.' }, whole, 'a', ` ${rules}`],
  ['a minimum', { ...whole, minimum: 0 }, { ...whole, minimum: 1 }, 0, ' may no longer be below 1'],
  ['a maximum', whole, { ...whole, maximum: 9 }, 10, ' may no longer be above 9'],
  [
    'a limit that is excluded now',
    { ...broken, minimum: 0.5 },
    { ...broken, minimum: 0.5, exclusiveMinimum: true },
    0.5,
    ' may no longer be 0.5 or below',
  ],
  [
    'a multiple',
    { ...whole, multipleOf: 5 },
    { ...whole, multipleOf: 10 },
    5,
    ' has to be a multiple of 10 from now on',
  ],
  [
    'a least length',
    { ...text, minLength: 1 },
    { ...text, minLength: 2 },
    'a',
    ' may no longer be shorter than 2',
  ],
  ['a longest length', text, { ...text, maxLength: 2 }, 'aaa', ' may no longer be longer than 2'],
  [
    'two limits',
    { ...whole, minimum: 0, maximum: 9 },
    { ...whole, minimum: 1, maximum: 8 },
    0,
    ' may no longer be below 1',
    ' may no longer be above 8',
  ],
  ['a pattern', text, { ...text, pattern: '^A' }, 'a', ' has to match ^A from now on'],
  ['a listed value', { enum: ['S', 'M', 'L'] }, { enum: ['L', 'S'] }, 'M', ' may no longer be "M"'],
  ['a list of values', text, { enum: ['S', 'M'] }, 'L', ' has to be one of "S", "M" from now on'],
  ['a listed value by length', { enum: ['S', 'XL'] }, { maxLength: 1 }, 'XL', ' may no longer be "XL"'],
  [
    'a listed value by type',
    { enum: [1, 'S', null] },
    { bsonType: ['string', 'null'] },
    1,
    ' may no longer be 1',
  ],
  ['a listed value by limit', { enum: [1, 2] }, { minimum: 2 }, 1, ' may no longer be 1'],
  [
    'a listed number by type',
    { enum: [1] },
    { bsonType: ['int', 'decimal'] },
    Long.fromNumber(1),
    ' may no longer be long, double',
  ],
  ['a listed value by pattern', { enum: ['S', 'XL'] }, { pattern: '^.$' }, 'XL', ' may no longer be "XL"'],
  ['true and false', { bsonType: 'bool' }, { enum: [true] }, false, ' may no longer be false'],
  [
    'a required name',
    objectOf({ a: whole }),
    objectOf({ a: whole }, { required: ['a', 'b'] }),
    {},
    '.a has to be there from now on',
    '.b has to be there from now on',
  ],
  ['a closed object', objectOf({ a: whole }), objectOf({ a: whole }, closed), { b: 1 }, ` ${unnamed}`],
  [
    'a name of a closed object',
    objectOf({ a: whole, b: text }, closed),
    objectOf({ a: whole }, closed),
    { b: 'b' },
    '.b is no longer allowed',
  ],
  [
    'names that are not listed',
    { bsonType: 'object', additionalProperties: { bsonType: ['int', 'string'] } },
    { bsonType: 'object', additionalProperties: whole },
    { a: 'a' },
    '.* may no longer be string',
  ],
  [
    'a name that is not listed any more',
    objectOf({ a: text }),
    { bsonType: 'object', additionalProperties: whole },
    { a: 'a' },
    '.a may no longer be string',
    `.* ${rules}`,
  ],
  [
    'an object without a description',
    { bsonType: 'object' },
    objectOf({ a: whole }),
    { a: '' },
    `.a ${rules}`,
  ],
  [
    'a number of names',
    objectOf({}),
    objectOf({}, { minProperties: 1 }),
    {},
    ' may no longer have fewer properties than 1',
  ],
  ['items without a description', { bsonType: 'array' }, listOf(text), [1], `[] ${rules}`],
  [
    'a number of items',
    listOf(text),
    listOf(text, { minItems: 1 }),
    [],
    ' may no longer have fewer items than 1',
  ],
  [
    'a largest number of items',
    listOf(text, { maxItems: 2 }),
    listOf(text, { maxItems: 1 }),
    ['a', 'b'],
    ' may no longer have more items than 1',
  ],
  [
    'an item twice',
    listOf(text),
    listOf(text, { uniqueItems: true }),
    ['a', 'a'],
    ' may no longer have an item twice',
  ],
  ['an item', listOf({ bsonType: ['int', 'null'] }), listOf(whole), [null], '[] may no longer be null'],
  ['an item in its place', listOf([text, whole]), listOf([text, text]), ['a', 1], '[1] may no longer be int'],
  [
    'an item in a place of its own',
    listOf(text),
    listOf([text, whole]),
    ['a', 'b'],
    '[1] may no longer be string',
  ],
  [
    'an item behind the places',
    listOf([text]),
    listOf([text], { additionalItems: false }),
    ['a', 'b'],
    ' may no longer have more items than 1',
  ],
  [
    'an item of any place',
    listOf([text, whole]),
    listOf(text),
    ['a', 1],
    '[1] may no longer be int',
    `[] ${rules}`,
  ],
  [
    'an item by its schema behind the places',
    listOf([text]),
    listOf([text], { additionalItems: text }),
    ['a', 1],
    `[] ${rules}`,
  ],
  [
    'another pattern',
    { ...text, pattern: '^a' },
    { pattern: '^b' },
    'a',
    ' has to match ^b from now on, and ^a before (?)',
  ],
  ['a new not', whole, { ...whole, not: { enum: [1] } }, 1, ' has a new not from now on (?)'],
  ['another anyOf', { anyOf: [whole, text] }, { anyOf: [whole] }, 'a', ' has another anyOf from now on (?)'],
  [
    'new dependencies',
    objectOf({ a: text, b: text }),
    objectOf({ a: text, b: text }, { dependencies: { a: ['b'] } }),
    { a: 'a' },
    ' has new dependencies from now on (?)',
  ],
  [
    'patterns of names',
    objectOf({ a: text }),
    objectOf({ a: text }, { patternProperties: { '^b': whole } }),
    { b: 'b' },
    ' has new patternProperties from now on (?)',
  ],
  [
    'a name that had the schema of its pattern',
    objectOf({}, { patternProperties: { '^a': text } }),
    objectOf({ a: whole }),
    { a: 'a' },
    '.a may no longer be string (?)',
  ],
  [
    'a new name that the deployed code has',
    objectOf({ a: text }),
    objectOf({ a: text, colour: text }),
    { colour: 1 },
    '.colour is described for the first time, and named in the deployed code (?)',
  ],
];

describe('tells what is refused from now on, with its place, and nothing of the schema of before', () => {
  const cases = places.flatMap(([path, put, wrap]) =>
    narrowed.map(
      ([name, before, after, value, ...expected]) =>
        [`${name}, ${path}`, path, wrap(before), wrap(after), put(value), expected] as const,
    ),
  );
  test.each(cases)('%s', (_name, path, before, after, document, expected) => {
    expect(printNarrowings(before, before, path)).toEqual([]);
    expect(printNarrowings(before, after, path)).toEqual(expected);
    expect(compileJsonSchema(before)(document)).toEqual([]);
    expect(compileJsonSchema(after)(document)).not.toEqual([]);
  });
});

test('tells what is refused of the document itself', () => {
  expect(printNarrowings(objectOf({ a: text }), objectOf({ a: text }, closed))).toEqual([` ${unnamed}`]);
  expect(printNarrowings({}, objectOf({ a: text }, { required: ['a'] }))).toEqual([
    ' has to be object from now on',
    'a has to be there from now on',
    `a ${rules}`,
  ]);
});
