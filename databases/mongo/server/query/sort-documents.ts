import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { isNumeric } from '../values/bson-type.ts';
import { valuesAt } from '../values/paths.ts';
import { sortKeyOf } from '../values/sort-key.ts';
import { textScoreOf } from './text-score.ts';

interface SortPart {
  readonly keyOf: (document: BsonDocument) => string;
  readonly direction: 1 | -1;
}

// An array sorts by its least element upwards and by its greatest downwards.
function keyAt(document: BsonDocument, path: string, direction: 1 | -1): string {
  const { values } = valuesAt(document, path);
  let best: string | null = null;
  for (const value of values) {
    const key = sortKeyOf(value);
    if (best === null || (direction === 1 ? key < best : key > best)) best = key;
  }
  return best ?? sortKeyOf(null);
}

function parsePart(path: string, value: unknown): SortPart {
  if (isDocument(value)) {
    if (value['$meta'] !== 'textScore') {
      throw new CommandError('BadValue', `Illegal key in $sort specification: ${path}`);
    }
    return { direction: -1, keyOf: (document) => sortKeyOf(textScoreOf(document) ?? null) };
  }
  if (!isNumeric(value)) {
    throw new CommandError(
      'Location15974',
      `Illegal key in $sort specification: ${path}: ${printValue(value)}`,
    );
  }
  const direction = Number(value);
  if (direction !== 1 && direction !== -1) {
    throw new CommandError(
      'Location15975',
      '$sort key ordering must be 1 (for ascending) or -1 (for descending)',
    );
  }
  if (path === '')
    throw new CommandError('Location15998', 'FieldPath cannot be constructed with empty string');
  return { direction, keyOf: (document) => keyAt(document, path, direction) };
}

/** Sorts documents by a sort specification, in MongoDB's order of types and values; stable. */
export type Sorter = <Item extends { readonly document: BsonDocument }>(items: Item[]) => Item[];

/** Compiles a sort specification; an empty one keeps the order. */
export function compileSort(specification: BsonDocument): Sorter {
  const parts = Object.entries(specification)
    .filter(([path]) => path !== '$natural')
    .map(([path, value]) => parsePart(path, value));
  const isReversed = Number(specification['$natural']) === -1;
  return (items) => {
    if (isReversed) return items.reverse();
    if (parts.length === 0) return items;
    const keyed = items.map((item) => ({
      item,
      keys: parts.map(({ keyOf }) => keyOf(item.document)),
    }));
    keyed.sort((left, right) => {
      for (const [index, { direction }] of parts.entries()) {
        const leftKey = left.keys[index] ?? '';
        const rightKey = right.keys[index] ?? '';
        if (leftKey !== rightKey) return leftKey < rightKey ? -direction : direction;
      }
      return 0;
    });
    return keyed.map(({ item }) => item);
  };
}
