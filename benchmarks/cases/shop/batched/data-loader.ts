import { createRequire } from 'node:module';
import path from 'node:path';

/** What the sides use of `dataloader`; it is installed with the peers, so that the product does not depend on it. */
export interface DataLoader<Key, Value> {
  load(key: Key): Promise<Value>;
}

type DataLoaderClass = new <Key, Value>(
  loadAll: (keys: readonly Key[]) => Promise<readonly Value[]>,
) => DataLoader<Key, Value>;

export const peersFolder = path.resolve('benchmarks/peers');

/** Makes a loader of one request. The package is looked up when the first one is made. */
export function createLoader<Key, Value>(
  loadAll: (keys: readonly Key[]) => Promise<readonly Value[]>,
): DataLoader<Key, Value> {
  dataLoaderClass ??= createRequire(path.join(peersFolder, 'package.json'))('dataloader') as DataLoaderClass;
  return new dataLoaderClass(loadAll);
}

let dataLoaderClass: DataLoaderClass | undefined;

/** A loader for each length of a list, made when it is needed. */
export function createListLoaders<Value>(
  loadLists: (keys: readonly string[], first: number) => Promise<readonly Value[]>,
): (first: number) => DataLoader<string, Value> {
  const loaders = new Map<number, DataLoader<string, Value>>();
  return (first) => {
    const loader = loaders.get(first) ?? createLoader((keys: readonly string[]) => loadLists(keys, first));
    loaders.set(first, loader);
    return loader;
  };
}

/** The rows in the order of the keys; null where there is none. */
export function inOrder<Row>(
  keys: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): (Row | null)[] {
  const byKey = new Map(rows.map((row) => [keyOf(row), row]));
  return keys.map((key) => byKey.get(key) ?? null);
}

/** The rows of each key, in the order of the keys and, for one key, in that of the rows. */
export function inGroups<Row>(
  keys: readonly string[],
  rows: readonly Row[],
  keyOf: (row: Row) => string,
): Row[][] {
  const groups = new Map<string, Row[]>(keys.map((key) => [key, []]));
  for (const row of rows) groups.get(keyOf(row))?.push(row);
  return keys.map((key) => groups.get(key) ?? []);
}
