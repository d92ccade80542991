import { waitForSiblings } from './wait-for-siblings.ts';

/** What one statement is to answer: the keys that were asked for in one tick, and the fields that any of them needs. */
export interface Batch {
  readonly keys: readonly string[];
  readonly asked: ReadonlySet<string>;
}

/** Loads values by key; those asked for in the same tick come with one call of `loadAll`. */
export interface BatchLoader<Value> {
  /** The value of `key` with at least the fields in `asked`; null when there is none. */
  load(key: string, asked: ReadonlySet<string>): Promise<Value | null>;
}

interface OpenBatch<Value> {
  readonly keys: Set<string>;
  readonly asked: Set<string>;
  readonly values: Promise<ReadonlyMap<string, Value | Error>>;
}

/**
 * Makes a loader for one request. A value once loaded is kept for the request, and asked for again only when a field
 * is wanted that it was loaded without. An `Error` in the map fails its key alone; a rejection fails the whole batch.
 */
export function createBatchLoader<Value>(
  loadAll: (batch: Batch) => Promise<ReadonlyMap<string, Value | Error>>,
): BatchLoader<Value> {
  const batchOfKey = new Map<string, OpenBatch<Value>>();
  let open: OpenBatch<Value> | undefined;

  function openBatch(): OpenBatch<Value> {
    const keys = new Set<string>();
    const asked = new Set<string>();
    const values = waitForSiblings().then(() => {
      open = undefined;
      return loadInParts({ keys: [...keys], asked }, loadAll);
    });
    // Whoever asked gets the failure through `load`; without this, a batch nobody awaits yet would count as unhandled.
    values.catch(() => {});
    return { keys, asked, values };
  }

  return {
    load(key, asked) {
      const known = batchOfKey.get(key);
      const batch =
        known && (known === open || isSubset(asked, known.asked)) ? known : (open ??= openBatch());
      // A batch that has left keeps its key; a later one with more fields takes its place.
      if (known === undefined || known !== batch) batchOfKey.set(key, batch);
      if (batch === open) {
        batch.keys.add(key);
        for (const field of asked) batch.asked.add(field);
      }
      return batch.values.then((values) => {
        const value = values.get(key) ?? null;
        if (value instanceof Error) throw value;
        return value;
      });
    },
  };
}

/**
 * How many keys one statement has at most. PostgreSQL counts the values of a statement in 16 bits, and Prisma refuses one
 * with more than 32,766 where it has an order or sums up.
 */
const keysMax = 30_000;

/** Loads a batch with one statement, or with as many as its keys need, one after the other. */
async function loadInParts<Value>(
  { keys, asked }: Batch,
  loadAll: (batch: Batch) => Promise<ReadonlyMap<string, Value | Error>>,
): Promise<ReadonlyMap<string, Value | Error>> {
  if (keys.length <= keysMax) return loadAll({ keys, asked });
  const values = new Map<string, Value | Error>();
  for (let start = 0; start < keys.length; start += keysMax) {
    const part = await loadAll({ keys: keys.slice(start, start + keysMax), asked });
    for (const [key, value] of part) values.set(key, value);
  }
  return values;
}

function isSubset(small: ReadonlySet<string>, large: ReadonlySet<string>): boolean {
  for (const entry of small) if (!large.has(entry)) return false;
  return true;
}
