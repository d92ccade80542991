import { afterAll, beforeAll, expect, test } from 'vitest';

import { listCells } from './fault-cells.ts';
import { openLoadClient, type LoadClient } from './load.ts';
import { cellTimes, runCell, warmUp } from './run-cell.ts';
import { startShopUnderFault, type ShopUnderFault } from './shop-under-fault.ts';

// A few cells of the matrix, at half the load and twice the deadlines, because other tests run beside this one.
// `npm run faults` runs them all.
const times = { ...cellTimes, perSecond: 20 };
const deadlines = { requestTimeoutMs: 8000, subgraphTimeoutMs: 3000 };

let shop: ShopUnderFault;
let client: LoadClient;

beforeAll(async () => {
  shop = await startShopUnderFault(deadlines);
  client = openLoadClient(shop.url, (user) => shop.mintToken(user));
  await warmUp(client);
});

afterAll(async () => {
  await client?.close();
  await shop?.stop();
});

test.each([
  ['accounts', 'service', 'wrong'],
  ['orders', 'service', 'refuse'],
  ['inventory', 'database', 'refuse'],
  ['reviews', 'database', 'kill'],
])(
  'with the fault "%s %s %s", the other services answer, nothing is lost, and all is well soon after',
  async (...words) => {
    const [cell] = listCells(
      shop.services.map(({ name }) => name),
      words,
    );
    if (cell === undefined) throw new Error(`Expected a cell for ${words.join(' ')}.`);
    const result = await runCell(shop, client, cell, times);
    expect(result.problems).toEqual([]);
    expect(result.acknowledged).toBeGreaterThan(5);
  },
);
