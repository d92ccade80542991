import { CommandError } from '../command-error.ts';
import { type BsonDocument, fieldOf, isDocument } from '../values/bson-document.ts';
import { isArrayIndex, splitPath } from '../values/paths.ts';

/** How far one path of an index was followed. */
interface Place {
  readonly path: string;
  readonly value: unknown;
  /** How many parts of the path led there. */
  readonly depth: number;
  /** True for what is not taken apart: the value of a key. */
  readonly isElement: boolean;
}

/** Follows a path to its end, or to the first array on it. */
function follow(path: string, from: unknown, done: number): Place {
  const parts = splitPath(path);
  let value = from;
  let depth = done;
  for (let part = parts[depth]; part !== undefined; part = parts[depth]) {
    if (Array.isArray(value) && !isArrayIndex(part)) break;
    if (Array.isArray(value)) value = value[Number(part)] as unknown;
    else value = isDocument(value) ? fieldOf(value, part) : undefined;
    depth += 1;
  }
  if (Array.isArray(value)) return { path, value, depth, isElement: false };
  return { path, value: value ?? null, depth, isElement: true };
}

function tuplesFrom(places: readonly Place[]): unknown[][] {
  const arrays = places.filter(({ isElement }) => !isElement);
  const [first, ...others] = arrays;
  if (first === undefined) return [places.map(({ value }) => value)];
  for (const { path, value } of others) {
    if (value === first.value) continue;
    throw new CommandError(
      'CannotIndexParallelArrays',
      `cannot index parallel arrays [${path}] [${first.path}]`,
    );
  }
  const array = first.value as unknown[];
  return (array.length === 0 ? [undefined] : array).flatMap((element) =>
    tuplesFrom(
      places.map((place) => {
        if (place.isElement) return place;
        const isEnd = place.depth === splitPath(place.path).length;
        if (isEnd) return { ...place, value: element, isElement: true };
        return follow(place.path, isDocument(element) ? element : undefined, place.depth);
      }),
    ),
  );
}

/**
 * The values of an index over several paths that lead through one array: a tuple for each of its elements, not each
 * value with each. Throws CannotIndexParallelArrays where they lead into two.
 */
export function keyTuplesOf(document: BsonDocument, paths: readonly string[]): unknown[][] {
  return tuplesFrom(paths.map((path) => follow(path, document, 0)));
}
