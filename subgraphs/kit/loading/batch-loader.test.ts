import { describe, expect, test } from 'vitest';

import { type Batch, createBatchLoader } from './batch-loader.ts';

function createRecorder() {
  const batches: { keys: readonly string[]; asked: readonly string[] }[] = [];
  const loader = createBatchLoader<string>(async (batch: Batch) => {
    batches.push({ keys: batch.keys, asked: [...batch.asked] });
    return new Map(batch.keys.filter((key) => key !== 'missing').map((key) => [key, `row ${key}`]));
  });
  return { batches, loader };
}
const fields = (...names: string[]) => new Set(names);

describe('a batch loader', () => {
  test('loads what is asked for in one tick with one call, each key once, fields joined', async () => {
    const { batches, loader } = createRecorder();
    const rows = await Promise.all([
      loader.load('a', fields('name')),
      loader.load('b', fields('price')),
      loader.load('a', fields('weight')),
      loader.load('missing', fields()),
    ]);
    expect(rows).toEqual(['row a', 'row b', 'row a', null]);
    expect(batches).toEqual([{ keys: ['a', 'b', 'missing'], asked: ['name', 'price', 'weight'] }]);
  });

  test('waits for siblings that ask after awaiting something', async () => {
    const { batches, loader } = createRecorder();
    const late = async (key: string, jobs: number) => {
      for (let job = 0; job < jobs; job++) await Promise.resolve();
      return loader.load(key, fields());
    };
    await Promise.all([late('a', 0), late('b', 3), late('c', 20)]);
    expect(batches).toHaveLength(1);
  });

  test('keeps what was loaded, and loads again only for a field that it was loaded without', async () => {
    const { batches, loader } = createRecorder();
    await loader.load('a', fields('name', 'price'));
    await loader.load('a', fields('price'));
    expect(batches).toHaveLength(1);
    await loader.load('a', fields('weight'));
    expect(batches).toHaveLength(2);
  });

  test('fails a key alone whose value is an error, and all keys when the call fails', async () => {
    const loader = createBatchLoader<string>(async ({ keys }) => {
      if (keys.includes('down')) throw new Error('down');
      return new Map<string, string | Error>([
        ['a', 'row a'],
        ['b', new Error('broken')],
      ]);
    });
    const settled = await Promise.allSettled([loader.load('a', fields()), loader.load('b', fields())]);
    expect(settled).toMatchObject([
      { status: 'fulfilled', value: 'row a' },
      { status: 'rejected', reason: { message: 'broken' } },
    ]);
    await expect(loader.load('down', fields())).rejects.toThrow('down');
  });
});

test('a batch with more keys than a statement can have is loaded in parts', async () => {
  const sizes: number[] = [];
  const loader = createBatchLoader((batch) => {
    sizes.push(batch.keys.length);
    return Promise.resolve(new Map(batch.keys.map((key) => [key, `value of ${key}`])));
  });
  const keys = Array.from({ length: 70_000 }, (_, index) => `key-${index}`);
  const values = await Promise.all(keys.map((key) => loader.load(key, new Set())));
  expect(values).toEqual(keys.map((key) => `value of ${key}`));
  expect(sizes).toEqual([30_000, 30_000, 10_000]);
});
