import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { chromium, type Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';

import { orderAt } from '../../prisma/shop-data/orders.ts';
import { productAt } from '../../prisma/shop-data/products.ts';
import { partSizes } from '../../prisma/shop-data/sizes.ts';
import { findChromium } from '../support/find-chromium.ts';
import { newGraphiqlPage, waitForEditors } from '../support/graphiql-page.ts';
import { startFreehold, type RunningCommand } from '../support/run-freehold.ts';

const executablePath = findChromium();
let dataFolder: string;
let shop: RunningCommand | undefined;
let browser: Browser | undefined;

beforeAll(async () => {
  if (executablePath === undefined) return;
  dataFolder = await mkdtemp(path.join(os.tmpdir(), 'freehold-graphiql-'));
  shop = startFreehold(['start', '--port', '0', '--data', dataFolder]);
  browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
  });
  await shop.ready;
});

afterAll(async () => {
  await browser?.close();
  shop?.kill('SIGTERM');
  await shop?.ended;
  if (dataFolder !== undefined) await rm(dataFolder, { recursive: true, force: true });
});

test('GraphiQL runs the sample query for anybody and the second one by the token in its headers; it asks no other host', async (context) => {
  if (shop === undefined || browser === undefined) {
    context.skip('no Chromium on this machine');
    return;
  }
  const { url } = await shop.ready;
  const page = await newGraphiqlPage(browser);
  const foreign: string[] = [];
  page.on('request', (request) => {
    if (!/^(data:|blob:)/.test(request.url()) && !request.url().startsWith(url)) foreign.push(request.url());
  });
  await page.goto(`${url}/graphiql`);
  await waitForEditors(page);
  await page.getByRole('button', { name: /execute query/i }).click();
  const response = page.locator('.graphiql-response');
  await expect
    .poll(async () => (await response.textContent())?.replaceAll('\u00A0', ' '))
    .toContain(productAt(1).name);
  const newest = Array.from({ length: partSizes.orders }, (_, place) => orderAt(place + 1))
    .filter((order) => order.customerId === 'user-1')
    .sort((left, right) => right.placedAt.localeCompare(left.placedAt))[0];
  // The headers are not kept in the browser, and are there again when the page is opened again.
  const readTabs = () => page.evaluate<string | null>(`localStorage.getItem('graphiql:tabState')`);
  for (const open of [() => page.getByRole('tab', { name: 'Me' }).click(), () => page.reload()]) {
    await open();
    await waitForEditors(page);
    await page.getByRole('button', { name: /execute query/i }).click();
    await expect
      .poll(async () => (await response.textContent())?.replaceAll('\u00A0', ' '))
      .toContain(`FH-${String(newest?.sequence).padStart(7, '0')}`);
    // GraphiQL writes a moment later which tab is open.
    await expect.poll(readTabs).toContain('"activeTabIndex":1');
  }
  expect(foreign).toEqual([]);
  await page.context().close();
});
