import { narrowLimits } from './limits.ts';
import {
  asSchema,
  certain,
  printUnordered,
  readNumber,
  type Compare,
  type Narrowing,
  type Schema,
  type SchemaPair,
} from './narrowing.ts';
import { mayBothBe, narrowTypes, numberTypes, readTypes } from './types.ts';

const finiteTypes: Readonly<Record<string, readonly unknown[]>> = { bool: [true, false], null: [null] };

/** The values that a schema allows, when they are few: by `enum`, or by its types. */
export function listValues(schema: Schema): readonly unknown[] | undefined {
  const listed: unknown = schema['enum'];
  if (Array.isArray(listed)) return listed;
  const values = readTypes(schema)?.map((name) => finiteTypes[name]) ?? [undefined];
  return values.includes(undefined) ? undefined : values.flatMap((list) => list ?? []);
}

/** Judges a schema that allowed few values: each is looked at, whatever keyword refuses it now. */
export function narrowListed(pair: SchemaPair, listed: readonly unknown[]): Narrowing[] {
  // Another keyword beside the enum may have refused some before.
  const values = listed.filter((value) => !isRefused(value, { ...pair, after: pair.before }));
  const gone = values.filter((value) => isRefused(value, pair));
  const allowed = readTypes(pair.before);
  const left = values.filter((value) => !gone.includes(value));
  // A number that is left may have been of several types.
  const bsonType = left.flatMap((value) => listTypes(value, allowed) ?? []);
  return [
    ...(gone.length === 0 ? [] : [certain(pair.path, `may no longer be ${printValues(gone)}`)]),
    ...(bsonType.length === 0
      ? []
      : narrowTypes({ ...pair, before: { bsonType: [...new Set(bsonType)] } }, () => [])),
  ];
}

/** Judges an `enum` where any value could be before. */
export const narrowToListed: Compare = ({ after, path }) => {
  const values: unknown = after['enum'];
  return Array.isArray(values) ? [certain(path, `has to be one of ${printValues(values)} from now on`)] : [];
};

function printValues(values: readonly unknown[]): string {
  return values.map((value) => JSON.stringify(value)).join(', ');
}

function isRefused(value: unknown, pair: SchemaPair): boolean {
  const bsonType = listTypes(value, readTypes(pair.before));
  // The enum had it, but the types did not.
  if (bsonType?.length === 0) return false;
  const { enum: listed, pattern } = pair.after;
  if (Array.isArray(listed) && !listed.some((other) => printUnordered(other) === printUnordered(value)))
    return true;
  if (typeof value === 'string' && typeof pattern === 'string' && !matchesPattern(value, pattern))
    return true;
  if (bsonType === undefined) return false;
  const alone = { ...pair, before: { bsonType, ...describeValue(value) } };
  return !mayBothBe(alone, bsonType) || narrowLimits(alone, () => []).length > 0;
}

/** Whether a text matches; true for a pattern that JavaScript cannot read, of which nothing is known. */
export function matchesPattern(text: string, pattern: string): boolean {
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return true;
  }
}

/** The types that a value of JSON may have, of those allowed; undefined for extended JSON of another kind. */
function listTypes(value: unknown, allowed: readonly string[] | undefined): string[] | undefined {
  const own = readOwnTypes(value);
  return own?.filter((name) => allowed === undefined || allowed.includes(name));
}

function readOwnTypes(value: unknown): readonly string[] | undefined {
  const number = readNumber(value);
  if (number !== undefined) return Number.isInteger(number) ? numberTypes : ['double', 'decimal'];
  if (typeof value === 'string') return ['string'];
  if (typeof value === 'boolean') return ['bool'];
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  return Object.keys(asSchema(value)).some((key) => key.startsWith('$')) ? undefined : ['object'];
}

/** The limits that this value alone is within. */
function describeValue(value: unknown): Schema {
  const number = readNumber(value);
  if (number !== undefined) return { minimum: number, maximum: number, multipleOf: number };
  if (Array.isArray(value)) return { minItems: value.length, maxItems: value.length };
  const length = Array.from(String(value)).length;
  return typeof value === 'string' ? { minLength: length, maxLength: length } : {};
}
