import { afterAll, beforeAll, expect, test } from 'vitest';

import { listCells } from './fault-cells.ts';
import { openLoadClient, type LoadClient } from './load.ts';
import { cellTimes, runCell, warmUp } from './run-cell.ts';
import { startShopUnderFault, type ShopUnderFault } from './shop-under-fault.ts';

// A few cells of the matrix, at half the load and with time for everything, because other tests run beside this one and
// none of the four is about deadlines. `npm run faults` runs them all, and holds the shop to its times.
const times = { ...cellTimes, perSecond: 20 };
const deadlines = { requestTimeoutMs: 30_000, subgraphTimeoutMs: 20_000 };
const bounds = {
  recoveryMaxMs: 30_000,
  graceMs: 10_000,
  readyMaxMs: 30_000,
  noticeMaxMs: 30_000,
  mayOthersBeSlow: true,
};

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
    const result = await runCell(shop, client, cell, times, bounds);
    expect(result.problems).toEqual([]);
    expect(result.acknowledged).toBeGreaterThan(5);
  },
);
