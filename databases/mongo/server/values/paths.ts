import { type BsonDocument, fieldOf, isDocument } from './bson-document.ts';

const splitPaths = new Map<string, readonly string[]>();
const SPLIT_PATHS_MAX = 10_000;

/** The parts of a dotted path; remembered, because the same few paths are asked for all day. */
export function splitPath(path: string): readonly string[] {
  const known = splitPaths.get(path);
  if (known !== undefined) return known;
  const parts = path.split('.');
  if (splitPaths.size >= SPLIT_PATHS_MAX) splitPaths.clear();
  splitPaths.set(path, parts);
  return parts;
}

/** True for a part that names a place in an array, such as `0` or `12`. */
export function isArrayIndex(part: string): boolean {
  return /^(?:0|[1-9]\d{0,8})$/.test(part);
}

/**
 * Calls `test` for each value that a query path reaches, until one call answers true. Arrays on the
 * way are passed through element by element (and by position); a missing end is `undefined`. An
 * array at the end is given whole: the predicate decides what its elements mean.
 */
export function someValueAt(
  value: unknown,
  parts: readonly string[],
  test: (leaf: unknown) => boolean,
  from = 0,
): boolean {
  const part = parts[from];
  if (part === undefined) return test(value);
  if (Array.isArray(value)) {
    for (const element of value) {
      if (isDocument(element) && someValueAt(element, parts, test, from)) return true;
    }
    if (!isArrayIndex(part) || Number(part) >= value.length) return false;
    return someValueAt(value[Number(part)], parts, test, from + 1);
  }
  if (isDocument(value)) return someValueAt(fieldOf(value, part), parts, test, from + 1);
  return test(undefined);
}

/** What an index or a sort sees at a path. */
export interface PathValues {
  readonly values: unknown[];
  /** True when an array stood on the way or at the end, so that there may be several keys. */
  readonly isMultiple: boolean;
}

/** All values an index key or a sort takes from a path, arrays taken apart; `[]` is `undefined`. */
export function valuesAt(document: BsonDocument, path: string): PathValues {
  const values: unknown[] = [];
  let isMultiple = false;
  const parts = splitPath(path);
  const visit = (value: unknown, from: number): void => {
    const part = parts[from];
    if (part === undefined) {
      if (!Array.isArray(value)) {
        values.push(value ?? null);
        return;
      }
      isMultiple = true;
      if (value.length === 0) values.push(undefined);
      for (const element of value) values.push(element);
    } else if (Array.isArray(value)) {
      isMultiple = true;
      if (isArrayIndex(part)) visit(value[Number(part)], from + 1);
      else if (value.length === 0) values.push(null);
      else for (const element of value) visit(isDocument(element) ? element : undefined, from);
    } else {
      visit(isDocument(value) ? fieldOf(value, part) : undefined, from + 1);
    }
  };
  visit(document, 0);
  return { values, isMultiple };
}

/** The value at a path through documents only, as unique keys and projections name it. */
export function valueAt(document: BsonDocument, path: string): unknown {
  let value: unknown = document;
  for (const part of splitPath(path)) {
    if (isDocument(value)) value = fieldOf(value, part);
    else if (Array.isArray(value) && isArrayIndex(part)) value = value[Number(part)];
    else return undefined;
  }
  return value;
}
