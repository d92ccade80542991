import { asSchema, certain, isSchema, readNumber, type NarrowingRule, type Schema } from './narrowing.ts';
import { mayBothBe } from './types.ts';

/** Judges `items`, `additionalItems` and `uniqueItems`. */
export const narrowItems: NarrowingRule = (pair, compare) => {
  if (!mayBothBe(pair, ['array'])) return [];
  const { before, after, path } = pair;
  const places = Math.max(countPlaces(before), countPlaces(after));
  const most = Math.min(...[before, after].map(({ maxItems }) => readNumber(maxItems) ?? Infinity));
  // The place behind the last that has a schema of its own stands for all that follow.
  const narrowings = Array.from({ length: places + 1 }, (_, index) => index).flatMap((index) => {
    const [old, now] = [findItem(before, index), findItem(after, index)];
    if (old === undefined || index >= most) return [];
    if (now === undefined)
      return index === countPlaces(after)
        ? [certain(path, `may no longer have more items than ${index}`)]
        : [];
    const item = index === places ? `${path}[]` : `${path}[${index}]`;
    return compare({ ...pair, before: old, after: now, path: item });
  });
  const isUniqueNow = after['uniqueItems'] === true && before['uniqueItems'] !== true && most > 1;
  return [...narrowings, ...(isUniqueNow ? [certain(path, 'may no longer have an item twice')] : [])];
};

/** How many places of the list have a schema of their own. */
function countPlaces({ items }: Schema): number {
  return Array.isArray(items) ? items.length : 0;
}

/** The schema of the item at a place; undefined where none may be. */
function findItem({ items, additionalItems }: Schema, index: number): Schema | undefined {
  if (!Array.isArray(items)) return asSchema(items);
  if (index < items.length) return asSchema(items[index]);
  if (additionalItems === false) return undefined;
  return isSchema(additionalItems) ? additionalItems : {};
}
