import { CommandError } from '../command-error.ts';
import type { CollectionIndex } from '../storage/collection-index.ts';
import type { StoredCollection } from '../storage/stored-collection.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { isArrayIndex, splitPath } from '../values/paths.ts';
import { areEqual, sortKeyOf, typeTagOf } from '../values/sort-key.ts';
import { isOperatorObject } from './compile-filter.ts';
import { isRegex } from './field-conditions.ts';

/** Keys from `low` to before `high`. */
export interface KeyRange {
  readonly low: string;
  readonly high: string;
}

/** How the records of a query are found. The filter is tested on each of them all the same. */
export type QueryPlan =
  | { readonly kind: 'scan' }
  | {
      readonly kind: 'index';
      readonly index: CollectionIndex;
      readonly ranges: readonly KeyRange[];
      /** The way in which the index is read so that records come in the order that was asked for; 0 when it has another. */
      readonly inOrder: Direction | 0;
    };

type Direction = 1 | -1;

/** Bounds of one path: exact order strings, or ranges of them. */
interface PathBounds {
  readonly points: readonly string[] | null;
  readonly ranges: readonly KeyRange[];
}

const AFTER = '\uffff';
/** A compound of many `$in` multiplies; beyond this the later paths are left to the filter. */
const RANGES_MAX = 10_000;

/** All conditions that must hold together, those of `$and` included. */
function conjunctionOf(filter: BsonDocument): [string, unknown][] {
  return Object.entries(filter).flatMap(([name, value]): [string, unknown][] => {
    if (name !== '$and' || !Array.isArray(value)) return [[name, value]];
    return value.flatMap((part: unknown) => (isDocument(part) ? conjunctionOf(part) : []));
  });
}

// Equality with an array also matches an element that is that array, and null also what is missing:
// both are in the index under other keys, so such operands are left to a scan or to another path.
function isIndexable(value: unknown, index: CollectionIndex): boolean {
  if (Array.isArray(value) || isRegex(value) || value === undefined) return false;
  return value !== null || index.spec.sparse !== true;
}

function rangeOf(operator: string, operand: unknown): KeyRange | null {
  if (operand === null || Array.isArray(operand) || isRegex(operand)) return null;
  const tag = typeTagOf(operand);
  if (tag === '\u0001' || tag === '\u007f') return null;
  const key = sortKeyOf(operand);
  const typeEnd = String.fromCharCode(tag.charCodeAt(0) + 1);
  switch (operator) {
    case '$gt':
      return { low: key + AFTER, high: typeEnd };
    case '$gte':
      return { low: key, high: typeEnd };
    case '$lt':
      return { low: tag, high: key };
    case '$lte':
      return { low: tag, high: key + AFTER };
    default:
      return null;
  }
}

function pointBounds(values: readonly unknown[], index: CollectionIndex): PathBounds | null {
  if (!values.every((value) => isIndexable(value, index))) return null;
  return { points: [...new Set(values.map(sortKeyOf))], ranges: [] };
}

function boundsOfCondition(condition: unknown, path: string, index: CollectionIndex): PathBounds | null {
  if (!isOperatorObject(condition)) return pointBounds([condition], index);
  if ('$eq' in condition) return pointBounds([condition['$eq']], index);
  if (Array.isArray(condition['$in'])) return pointBounds(condition['$in'], index);
  const ranges = Object.entries(condition).flatMap(([operator, operand]) => {
    const range = rangeOf(operator, operand);
    return range === null ? [] : [range];
  });
  const [first, ...others] = ranges;
  if (first === undefined) return null;
  // Two elements of an array may meet the two bounds, so only one of them narrows.
  if (index.multikeyPaths.has(path)) return { points: null, ranges: [first] };
  const narrowed = others.reduce(
    (range, other) => ({
      low: range.low > other.low ? range.low : other.low,
      high: range.high < other.high ? range.high : other.high,
    }),
    first,
  );
  return { points: null, ranges: [narrowed] };
}

function boundsAt(
  conditions: readonly [string, unknown][],
  path: string,
  index: CollectionIndex,
): PathBounds | null {
  // A number in a path is a place in a list, and also a field of what is in the list: the index has the places alone.
  if (index.multikeyPaths.has(path) && splitPath(path).some(isArrayIndex)) return null;
  const found = conditions
    .filter(([name]) => name === path)
    .flatMap(([, condition]) => boundsOfCondition(condition, path, index) ?? []);
  // The fewest points are the best bounds.
  const byPoints = found
    .filter(({ points }) => points !== null)
    .sort((left, right) => (left.points?.length ?? 0) - (right.points?.length ?? 0));
  return byPoints[0] ?? found[0] ?? null;
}

interface Candidate {
  readonly index: CollectionIndex;
  readonly ranges: readonly KeyRange[];
  readonly score: number;
  readonly inOrder: Direction | 0;
}

const EVERYTHING: readonly KeyRange[] = [{ low: '', high: AFTER }];

/**
 * The way in which an index gives the order of a sort: its paths are those of the sort, after `fixed` ones that have one
 * value. Keys ascend whatever the index was declared with, so a sort that goes both ways has to be sorted.
 */
function orderOf(index: CollectionIndex, fixed: number, sort: BsonDocument | undefined): Direction | 0 {
  const sorted = Object.entries(sort ?? {});
  const direction = sorted[0]?.[1];
  if (direction !== 1 && direction !== -1) return 0;
  const isFrom = (start: number): boolean =>
    sorted.every(
      // An array stands in an index once for each element, and in an order once.
      ([path, way], place) =>
        way === direction && index.paths[start + place] === path && !index.multikeyPaths.has(path),
    );
  for (let start = 0; start <= fixed; start += 1) if (isFrom(start)) return direction;
  return 0;
}

/** The ranges of an index that a conjunction allows; `null` when its first path is not bound. */
function candidateOf(
  conditions: readonly [string, unknown][],
  index: CollectionIndex,
  sort: BsonDocument | undefined,
): Candidate | null {
  let prefixes: string[] = [''];
  let score = 0;
  let fixed = 0;
  let isMultikeyBound = false;
  for (const path of index.paths) {
    const isMultikey = index.multikeyPaths.has(path);
    // Two elements may meet what is asked of two paths through one array, and a key is of one element.
    const bounds = isMultikey && isMultikeyBound ? null : boundsAt(conditions, path, index);
    if (bounds === null) break;
    isMultikeyBound ||= isMultikey;
    const { points } = bounds;
    if (points === null) {
      const ranges = prefixes.flatMap((prefix) =>
        bounds.ranges.map(({ low, high }) => ({ low: prefix + low, high: prefix + high })),
      );
      return { index, ranges: inKeyOrder(ranges), score: score + 1, inOrder: orderOf(index, fixed, sort) };
    }
    if (prefixes.length * points.length > RANGES_MAX) break;
    prefixes = prefixes.flatMap((prefix) => points.map((point) => prefix + point));
    score += points.length === 1 ? 4 : 3;
    if (prefixes.length === 1) fixed += 1;
  }
  if (score === 0) return null;
  const ranges = inKeyOrder(prefixes.map((prefix) => ({ low: prefix, high: prefix + AFTER })));
  const isWhole = score >= 3 * index.paths.length && index.isUnique;
  return { index, ranges, score: isWhole ? score + 100 : score, inOrder: orderOf(index, fixed, sort) };
}

/** Ranges in key order read the index from front to back, as MongoDB does. */
function inKeyOrder(ranges: readonly KeyRange[]): readonly KeyRange[] {
  return ranges.length === 1 ? ranges : [...ranges].sort((one, other) => (one.low < other.low ? -1 : 1));
}

/** The whole of an index that no condition binds, read for its order alone; `null` when it has not every record. */
function wholeInOrder(index: CollectionIndex, sort: BsonDocument | undefined): Candidate | null {
  const inOrder = index.spec.sparse === true ? 0 : orderOf(index, 0, sort);
  return inOrder === 0 ? null : { index, ranges: EVERYTHING, score: 0, inOrder };
}

function isBetter(one: Candidate, other: Candidate | null): boolean {
  if (other === null || one.score !== other.score) return other === null || one.score > other.score;
  return one.inOrder !== 0 && other.inOrder === 0;
}

/** A partial index may answer only when the filter repeats its expression. */
function coversFilter(index: CollectionIndex, conditions: readonly [string, unknown][]): boolean {
  const partial = index.spec.partialFilterExpression;
  if (!isDocument(partial)) return true;
  return Object.entries(partial).every(([path, wanted]) =>
    conditions.some(([name, condition]) => name === path && areEqual(condition, wanted)),
  );
}

function hintedIndex(collection: StoredCollection, hint: unknown): CollectionIndex | null {
  if (isDocument(hint) && Object.hasOwn(hint, '$natural')) return null;
  for (const index of collection.indexes.values()) {
    const isNamed = typeof hint === 'string' && index.spec.name === hint;
    if (isNamed || (isDocument(hint) && areEqual(hint, index.spec.key))) return index;
  }
  throw new CommandError(
    'BadValue',
    `error processing query: ns=${collection.namespace}: planner returned error :: caused by :: ` +
      'hint provided does not correspond to an existing index',
  );
}

/**
 * Chooses how to find the records of a filter: the index whose prefix it binds best, or a scan. Of two that are bound
 * alike the one that gives the order of `sort`; that order also decides where nothing is bound.
 */
export function planQuery(
  collection: StoredCollection,
  filter: BsonDocument,
  { hint, sort }: { readonly hint?: unknown; readonly sort?: BsonDocument | undefined } = {},
): QueryPlan {
  const conditions = conjunctionOf(filter);
  if (hint !== undefined) {
    const index = hintedIndex(collection, hint);
    if (index === null) return { kind: 'scan' };
    const candidate = candidateOf(conditions, index, sort) ?? wholeInOrder(index, sort);
    return planOf(candidate ?? { index, ranges: EVERYTHING, score: 0, inOrder: 0 });
  }
  let best: Candidate | null = null;
  for (const index of collection.indexes.values()) {
    if (index.spec['hidden'] === true || !coversFilter(index, conditions)) continue;
    const candidate = candidateOf(conditions, index, sort) ?? wholeInOrder(index, sort);
    if (candidate !== null && isBetter(candidate, best)) best = candidate;
  }
  return best === null ? { kind: 'scan' } : planOf(best);
}

function planOf({ index, ranges, inOrder }: Candidate): QueryPlan {
  return { kind: 'index', index, ranges, inOrder };
}

/** The records that an index plan leads to, in the order of the index, or backwards in it; some may come twice. */
export function* recordsOf({ index, ranges, inOrder }: QueryPlan & { kind: 'index' }): Generator<string> {
  if (inOrder === -1) {
    for (const { low, high } of ranges.toReversed())
      for (const { id } of index.entries.rangeBackwards(low, high)) yield id;
    return;
  }
  for (const { low, high } of ranges) {
    for (const { id } of index.entries.range(low, high)) yield id;
  }
}
