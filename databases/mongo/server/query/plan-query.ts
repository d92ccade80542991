import { CommandError } from '../command-error.ts';
import type { CollectionIndex } from '../storage/collection-index.ts';
import type { StoredCollection } from '../storage/stored-collection.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
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
  | { readonly kind: 'index'; readonly index: CollectionIndex; readonly ranges: readonly KeyRange[] };

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

function boundsOfCondition(condition: unknown, index: CollectionIndex): PathBounds | null {
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
  if (index.isMultikey) return { points: null, ranges: [first] };
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
  const found = conditions
    .filter(([name]) => name === path)
    .flatMap(([, condition]) => boundsOfCondition(condition, index) ?? []);
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
}

/** The ranges of an index that a conjunction allows; `null` when its first path is not bound. */
function candidateOf(conditions: readonly [string, unknown][], index: CollectionIndex): Candidate | null {
  let prefixes: string[] = [''];
  let score = 0;
  for (const path of index.paths) {
    const bounds = boundsAt(conditions, path, index);
    if (bounds === null) break;
    const { points } = bounds;
    if (points === null) {
      const ranges = prefixes.flatMap((prefix) =>
        bounds.ranges.map(({ low, high }) => ({ low: prefix + low, high: prefix + high })),
      );
      return { index, ranges, score: score + 1 };
    }
    if (prefixes.length * points.length > RANGES_MAX) break;
    prefixes = prefixes.flatMap((prefix) => points.map((point) => prefix + point));
    score += points.length === 1 ? 4 : 3;
  }
  if (score === 0) return null;
  // Points in key order read the index from front to back, as MongoDB does.
  prefixes.sort();
  const ranges = prefixes.map((prefix) => ({ low: prefix, high: prefix + AFTER }));
  const isWhole = score >= 3 * index.paths.length && index.isUnique;
  return { index, ranges, score: isWhole ? score + 100 : score };
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

/** Chooses how to find the records of a filter: the index whose prefix it binds best, or a scan. */
export function planQuery(collection: StoredCollection, filter: BsonDocument, hint?: unknown): QueryPlan {
  const conditions = conjunctionOf(filter);
  if (hint !== undefined) {
    const index = hintedIndex(collection, hint);
    if (index === null) return { kind: 'scan' };
    const candidate = candidateOf(conditions, index);
    return { kind: 'index', index, ranges: candidate?.ranges ?? [{ low: '', high: AFTER }] };
  }
  let best: Candidate | null = null;
  for (const index of collection.indexes.values()) {
    if (index.spec['hidden'] === true || !coversFilter(index, conditions)) continue;
    const candidate = candidateOf(conditions, index);
    if (candidate !== null && (best === null || candidate.score > best.score)) best = candidate;
  }
  if (best !== null) return { kind: 'index', index: best.index, ranges: best.ranges };
  return { kind: 'scan' };
}

/** The records that an index plan leads to, in the order of the index; some may come twice. */
export function* recordsOf(plan: QueryPlan & { kind: 'index' }): Generator<string> {
  for (const { low, high } of plan.ranges) {
    for (const { id } of plan.index.entries.range(low, high)) yield id;
  }
}
