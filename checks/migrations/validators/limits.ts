import {
  certain,
  readNumber,
  type Narrowing,
  type NarrowingRule,
  type Schema,
  type SchemaPair,
} from './narrowing.ts';
import { mayBothBe, numberTypes, readTypes } from './types.ts';

/** A keyword that sets a limit to values of some types. */
interface Limit {
  readonly keyword: string;
  readonly types: readonly string[];
  readonly isLeast: boolean;
  readonly print: (limit: number) => string;
}

const limits: readonly Limit[] = [
  { keyword: 'minLength', types: ['string'], isLeast: true, print: (limit) => `be shorter than ${limit}` },
  { keyword: 'maxLength', types: ['string'], isLeast: false, print: (limit) => `be longer than ${limit}` },
  {
    keyword: 'minItems',
    types: ['array'],
    isLeast: true,
    print: (limit) => `have fewer items than ${limit}`,
  },
  {
    keyword: 'maxItems',
    types: ['array'],
    isLeast: false,
    print: (limit) => `have more items than ${limit}`,
  },
  {
    keyword: 'minProperties',
    types: ['object'],
    isLeast: true,
    print: (limit) => `have fewer properties than ${limit}`,
  },
  {
    keyword: 'maxProperties',
    types: ['object'],
    isLeast: false,
    print: (limit) => `have more properties than ${limit}`,
  },
];

/** Judges the limits of lengths, of numbers of items and properties, and of numbers themselves. */
export const narrowLimits: NarrowingRule = (pair) => [
  ...limits.flatMap(({ keyword, types, isLeast, print }): Narrowing[] => {
    const after = readNumber(pair.after[keyword]);
    if (after === undefined || !mayBothBe(pair, types)) return [];
    const before = readNumber(pair.before[keyword]) ?? (isLeast ? 0 : Infinity);
    const isTighter = isLeast ? after > before : after < before;
    return isTighter ? [certain(pair.path, `may no longer ${print(after)}`)] : [];
  }),
  ...narrowBound(pair, 'minimum'),
  ...narrowBound(pair, 'maximum'),
  ...narrowMultiple(pair),
];

type Bound = 'minimum' | 'maximum';

function narrowBound(pair: SchemaPair, keyword: Bound): Narrowing[] {
  if (!mayBothBe(pair, numberTypes)) return [];
  const after = readBound(pair.after, keyword);
  if (after === undefined) return [];
  const before = readBound(pair.before, keyword) ?? { least: -Infinity, isExclusive: false };
  const [old, now] = isWhole(pair.before) ? [wholeBound(before), wholeBound(after)] : [before, after];
  const isTighter = now.least > old.least || (now.least === old.least && now.isExclusive && !old.isExclusive);
  if (!isTighter) return [];
  const limit = readNumber(pair.after[keyword]);
  const beyond = keyword === 'minimum' ? 'below' : 'above';
  const what = after.isExclusive ? `be ${limit} or ${beyond}` : `be ${beyond} ${limit}`;
  return [certain(pair.path, `may no longer ${what}`)];
}

/** A maximum is read as the minimum of the values with the sign changed. */
function readBound(schema: Schema, keyword: Bound): { least: number; isExclusive: boolean } | undefined {
  const limit = readNumber(schema[keyword]);
  if (limit === undefined) return undefined;
  return keyword === 'minimum'
    ? { least: limit, isExclusive: schema['exclusiveMinimum'] === true }
    : { least: -limit, isExclusive: schema['exclusiveMaximum'] === true };
}

/** Whether all numbers that a schema allows are whole. */
function isWhole(schema: Schema): boolean {
  const types = readTypes(schema)?.filter((name) => numberTypes.includes(name));
  return types?.every((name) => name === 'int' || name === 'long') === true;
}

/** Of whole numbers, those above 0 are those from 1 on. */
function wholeBound({ least, isExclusive }: { least: number; isExclusive: boolean }): {
  least: number;
  isExclusive: boolean;
} {
  return { least: isExclusive ? Math.floor(least) + 1 : Math.ceil(least), isExclusive: false };
}

function narrowMultiple(pair: SchemaPair): Narrowing[] {
  const after = readNumber(pair.after['multipleOf']);
  const before = readNumber(pair.before['multipleOf']) ?? (isWhole(pair.before) ? 1 : undefined);
  if (after === undefined || !mayBothBe(pair, numberTypes)) return [];
  const isKept = before !== undefined && before % after === 0;
  return isKept ? [] : [certain(pair.path, `has to be a multiple of ${after} from now on`)];
}
