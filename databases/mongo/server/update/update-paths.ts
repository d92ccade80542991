import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import { type BsonDocument, fieldOf, isDocument, setField } from '../values/bson-document.ts';
import { isArrayIndex } from '../values/paths.ts';

/** How many nulls an update may put before the place that it sets; MongoDB's own limit. */
const BACKFILL_MAX = 1_500_000;

/** What the placeholders in an update path stand for. */
export interface Placeholders {
  /** The place of `$`, for the array at a path. */
  readonly positional: (path: string) => number;
  /** The tests of `$[name]`, by name. */
  readonly arrayFilters: ReadonlyMap<string, (element: unknown) => boolean>;
}

function arrayAt(value: unknown, path: string, part: string): unknown[] {
  if (Array.isArray(value)) return value;
  throw new CommandError(
    'BadValue',
    value === undefined
      ? `The path '${path}' must exist in the document in order to apply array updates.`
      : `Cannot apply array updates to non-array element ${path}: ${part}`,
  );
}

function chosenPlaces(array: readonly unknown[], part: string, placeholders: Placeholders): number[] {
  const name = part.slice(2, -1);
  const test = name === '' ? () => true : placeholders.arrayFilters.get(name);
  if (test === undefined) {
    throw new CommandError('BadValue', `No array filter found for identifier '${name}' in path`);
  }
  return array.flatMap((element, place) => (test(element) ? [place] : []));
}

function childOf(value: unknown, part: string): unknown {
  if (isDocument(value)) return fieldOf(value, part);
  return Array.isArray(value) && isArrayIndex(part) ? value[Number(part)] : undefined;
}

/** The concrete paths that a path with `$`, `$[]` or `$[name]` means for one document. */
export function concretePaths(document: BsonDocument, path: string, placeholders: Placeholders): string[][] {
  if (!path.includes('$')) return [path.split('.')];
  let found: { parts: string[]; value: unknown }[] = [{ parts: [], value: document }];
  for (const part of path.split('.')) {
    found = found.flatMap(({ parts, value }) => {
      const soFar = parts.join('.');
      if (part === '$') {
        const place = placeholders.positional(soFar);
        if (place === -1) {
          throw new CommandError(
            'BadValue',
            'The positional operator did not find the match needed from the query.',
          );
        }
        return [{ parts: [...parts, String(place)], value: childOf(value, String(place)) }];
      }
      if (part.startsWith('$[') && part.endsWith(']')) {
        const array = arrayAt(value, soFar, part);
        return chosenPlaces(array, part, placeholders).map((place) => ({
          parts: [...parts, String(place)],
          value: array[place],
        }));
      }
      return [{ parts: [...parts, part], value: childOf(value, part) }];
    });
  }
  return found.map(({ parts }) => parts);
}

/** The value at a concrete path. */
export function getAt(document: BsonDocument, parts: readonly string[]): unknown {
  return parts.reduce<unknown>(childOf, document);
}

function put(parent: unknown, part: string, value: unknown, path: string): void {
  if (isDocument(parent)) {
    setField(parent, part, value);
    return;
  }
  if (Array.isArray(parent) && isArrayIndex(part)) {
    const place = Number(part);
    if (place - parent.length > BACKFILL_MAX) {
      throw new CommandError('CannotBackfillArray', `Exceeded max array backfill size in ${path}`);
    }
    while (parent.length < place) parent.push(null);
    parent[place] = value;
    return;
  }
  throw new CommandError(
    'PathNotViable',
    `Cannot create field '${part}' in element {${path}: ${printValue(parent)}}`,
  );
}

/** Sets the value at a concrete path, making the documents on the way. */
export function setAt(document: BsonDocument, parts: readonly string[], value: unknown): void {
  let parent: unknown = document;
  for (const [index, part] of parts.slice(0, -1).entries()) {
    let next = childOf(parent, part);
    if (next === undefined) {
      next = {};
      put(parent, part, next, parts.slice(0, index).join('.'));
    }
    parent = next;
  }
  put(parent, parts.at(-1) ?? '', value, parts.slice(0, -1).join('.'));
}

/** Removes what is at a concrete path; an array element becomes null, as in MongoDB. */
export function unsetAt(document: BsonDocument, parts: readonly string[]): void {
  const parent = getAt(document, parts.slice(0, -1));
  const last = parts.at(-1) ?? '';
  if (isDocument(parent)) delete parent[last];
  else if (Array.isArray(parent) && isArrayIndex(last) && Number(last) < parent.length) {
    parent[Number(last)] = null;
  }
}
