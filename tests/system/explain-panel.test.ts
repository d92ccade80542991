import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { pino } from 'pino';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';

import { listen, type ListeningGateway } from '../../gateway/http/listen.ts';
import { createGateway } from '../../gateway/index.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { findChromium } from '../support/find-chromium.ts';
import { newGraphiqlPage, waitForEditors } from '../support/graphiql-page.ts';
import { startSubgraphHost, type SubgraphHost } from '../support/subgraph-host.ts';

const executablePath = findChromium();
const bundle = path.resolve(import.meta.dirname, '../../dist/graphiql/main.js');
const reason =
  executablePath === undefined
    ? 'there is no Chromium on this machine'
    : existsSync(bundle)
      ? undefined
      : 'there is no bundle; "npm run build" makes it';

const link = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])';
const sdlByName = {
  books: `${link} type Query { books: [Book!]! } type Book @key(fields: "id") { id: ID! title: String }`,
  stars: `${link} type Book @key(fields: "id") { id: ID! stars: Int }`,
};
const books = [{ id: '1', title: 'Emma', stars: 5 }];
const query = 'query Shelf {\n  books {\n    title\n    stars\n  }\n}\n';
const statement = { cause: 'Book.stars', text: 'SELECT stars FROM book', batchSize: 1, rows: 1, startMs: 0 };
const log = pino({ level: 'silent' });

describe.skipIf(reason !== undefined)(
  `the Explain panel${reason === undefined ? '' : ` (${reason})`}`,
  () => {
    let folder: string;
    let subgraphs: SubgraphHost;
    let gateway: ListeningGateway;
    let browser: Browser;
    let page: Page;

    beforeAll(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-explain-'));
      subgraphs = await startSubgraphHost(sdlByName);
      subgraphs.load({ books: { Query: { books }, Book: books }, stars: { Book: books } });
      subgraphs.interfere(async ({ subgraph }, response, answer) => {
        if (subgraph !== 'stars') return false;
        const freehold = { requestMs: 2, statements: [{ ...statement, durationMs: 1.5 }] };
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ ...JSON.parse(await answer()), extensions: { freehold } }));
        return true;
      });
      const supergraphFile = path.join(folder, 'supergraph.graphql');
      await writeFile(supergraphFile, composeSubgraphs(sdlByName, subgraphs.urls));
      gateway = await listen(
        await createGateway({ supergraphFile, port: 0, watchSupergraph: false }, log),
        log,
      );
      browser = await chromium.launch({
        ...(executablePath !== undefined && { executablePath }),
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'],
      });
    });

    afterEach(async () => {
      await page?.context().close();
    });

    afterAll(async () => {
      await browser?.close();
      await gateway?.stop();
      await subgraphs?.close();
      if (folder) await rm(folder, { recursive: true, force: true });
    });

    async function openPanel(viewport?: { readonly width: number; readonly height: number }): Promise<void> {
      page = await newGraphiqlPage(browser, viewport);
      await page.addInitScript({
        content: `localStorage.setItem('graphiql:query', ${JSON.stringify(query)})`,
      });
      await page.goto(`${gateway.url}/graphiql`);
      await waitForEditors(page);
      await page.getByRole('button', { name: 'Show Explain' }).click();
    }

    const run = () => page.getByRole('button', { name: /^Run (the operation|again)$/ }).click();
    const items = () => page.getByRole('treeitem');
    const focusedName = () => page.locator(':focus').getAttribute('aria-label');

    test('says what to do when nothing was run, then draws the fetches and statements of the answer', async () => {
      await openPanel();
      expect(await page.getByRole('status').first().textContent()).toContain('Nothing to explain yet');
      await run();
      await items().first().waitFor();
      expect(
        await items().evaluateAll((found) => found.map((item) => item.getAttribute('aria-label'))),
      ).toEqual([
        expect.stringMatching(/^Fetch 0 from books: books, [\d.]+ ms, statements not told$/),
        expect.stringMatching(/^Fetch 1 from stars: books \{ stars \}, [\d.]+ ms, 1 statement$/),
        'Statement for Book.stars: 1.50 ms, 1 row, batch of 1',
      ]);
      const answer = page.locator('.graphiql-response');
      await expect.poll(() => answer.textContent()).toContain('Emma');
      expect(await answer.textContent()).not.toContain('extensions');
    });

    test('shows the fetches that were not sent, with the reason', async () => {
      await openPanel();
      await page.route('**/graphql', async (route) => {
        const response = await route.fetch();
        const answer = await response.json();
        answer.extensions.freehold.plan.skipped = [
          { id: 2, service: 'stars', known: 2, paths: ['books.next'], fields: ['books.next.stars'] },
        ];
        await route.fulfill({ response, json: answer });
      });
      await run();
      const skipped = page.getByRole('list', { name: 'Fetches that were not sent' });
      await skipped.waitFor();
      expect(await skipped.innerText()).toMatch(
        /stars\s+next \{ stars \}\s+not sent\s+stars had told the same of all 2 objects before, in this query/,
      );
    });

    test('is used by keyboard: arrows go through it, Enter marks what caused it in the editor', async () => {
      await openPanel();
      await run();
      await items().first().focus();
      await page.keyboard.press('ArrowDown');
      await expect.poll(focusedName).toContain('Fetch 1 from stars');
      await page.keyboard.press('ArrowRight');
      await expect.poll(focusedName).toContain('Statement for Book.stars');
      const detail = page.getByRole('complementary', { name: 'Detail' });
      await expect.poll(() => detail.textContent()).toContain(statement.text);
      await page.keyboard.press('Enter');
      const marked = page.locator('.freehold-explain-cause');
      await marked.first().waitFor();
      await expect.poll(() => marked.allTextContents()).toEqual(['stars']);
      const selected = page.locator('[aria-selected=true][role=treeitem]');
      await expect.poll(() => selected.getAttribute('aria-label')).toContain('Book.stars');
      await page.keyboard.press('Home');
      await expect.poll(focusedName).toContain('Fetch 0 from books');
      await page.keyboard.press(' ');
      await expect.poll(() => marked.allTextContents()).toEqual(['books', 'title']);
      // One stop for Tab, wherever the arrows were.
      await expect.poll(() => page.locator('[role=treeitem][tabindex="0"]').count()).toBe(1);
    });

    test('shows what has the focus, wherever the pointer rests and however long the list is', async () => {
      await openPanel();
      await page.route('**/graphql', async (route) => {
        const response = await route.fetch();
        const answer = await response.json();
        const [first] = answer.extensions.freehold.fetches;
        answer.extensions.freehold.fetches = Array.from({ length: 40 }, (_, id) => ({ ...first, id }));
        await route.fulfill({ response, json: answer });
      });
      await run();
      await items().nth(3).hover();
      await items().nth(3).focus();
      const detail = page.getByRole('complementary', { name: 'Detail' });
      for (let id = 4; id < 40; id += 1) {
        await page.keyboard.press('ArrowDown');
        await expect.poll(() => detail.textContent()).toContain(`Fetch ${id} from books`);
        const focus = await page.locator(':focus').boundingBox();
        const covering = await detail.boundingBox();
        expect((focus?.y ?? 0) + (focus?.height ?? 0)).toBeLessThanOrEqual(covering?.y ?? 0);
      }
    });

    test('is used by pointer: hovering tells the text, a click marks the cause', async () => {
      await openPanel();
      await run();
      await page.getByRole('treeitem', { name: /^Statement for/ }).hover();
      const detail = page.getByRole('complementary', { name: 'Detail' });
      await expect.poll(() => detail.textContent()).toContain('Book.stars in stars');
      await page.getByRole('treeitem', { name: /^Fetch 0/ }).click();
      await expect
        .poll(() => page.locator('.freehold-explain-cause').allTextContents())
        .toEqual(['books', 'title']);
    });

    test('tells of the last run alone when one operation is run again', async () => {
      await openPanel();
      await run();
      const detail = page.getByRole('complementary', { name: 'Detail' });
      await page.getByRole('treeitem', { name: /^Fetch 1/ }).focus();
      await expect.poll(() => detail.textContent()).toContain('works');
      await page.route('**/graphql', async (route) => {
        const response = await route.fetch();
        const answer = await response.json();
        const [first, ...others] = answer.extensions.freehold.fetches;
        answer.extensions.freehold.fetches = others.length > 0 ? [{ ...first, workMs: 1234 }] : [first];
        await route.fulfill({ response, json: answer });
      });
      await page.locator('.graphiql-execute-button').click();
      await expect.poll(() => items().count()).toBe(1);
      await expect.poll(() => detail.textContent()).toContain('Fetch 0 from books');
      await expect.poll(() => detail.textContent()).toContain('works1234 ms');
      await expect.poll(() => page.locator('[role=treeitem][tabindex="0"]').count()).toBe(1);
    });

    test('tells of no answer but the one beside it: not of one before it was closed', async () => {
      await openPanel();
      await run();
      await items().first().waitFor();
      await page.getByRole('button', { name: 'Hide Explain' }).click();
      const answered = page.waitForResponse('**/graphql');
      await page.getByRole('button', { name: 'Execute query' }).click();
      await answered;
      await page.getByRole('button', { name: 'Show Explain' }).click();
      expect(await page.getByRole('status').first().textContent()).toContain('Nothing to explain yet');
    });

    test('names the operation that it tells of, which another tab may hold', async () => {
      await openPanel();
      await run();
      await items().first().waitFor();
      await page.getByRole('button', { name: 'New tab' }).click();
      const panel = page.getByRole('region', { name: 'Explain' });
      expect(await panel.textContent()).toMatch(/^Explain ?query Shelf/);
    });

    test('stands above the editor on a narrow screen, and nothing lies over anything', async () => {
      await openPanel({ width: 400, height: 800 });
      await page.locator('.graphiql-execute-button').click();
      await items().first().waitFor();
      for (const part of ['.freehold-explain', '.graphiql-editors', '.graphiql-response']) {
        const box = await page.locator(part).boundingBox();
        expect.soft(box?.x, part).toBeGreaterThanOrEqual(0);
        expect.soft(box?.width, part).toBeGreaterThan(250);
        expect.soft((box?.x ?? 0) + (box?.width ?? 0), part).toBeLessThanOrEqual(400);
      }
      await page.getByRole('button', { name: 'New tab' }).click();
      await expect.poll(() => page.getByRole('tab').count()).toBe(2);
      // What the editor draws is scrolled with its frame.
      await page.locator('.graphiql-main').evaluate((element) => element.scrollTo(0, 500));
      const frame = await page.locator('.graphiql-query-editor').boundingBox();
      const drawn = await page.locator('.graphiql-query-editor .monaco-editor').first().boundingBox();
      expect(Math.abs((drawn?.y ?? 0) - (frame?.y ?? 0))).toBeLessThan(50);
    });

    test.each([
      [
        'a refusal',
        { errors: [{ message: 'Too deep.' }] },
        ['The gateway refused the operation', 'Too deep.'],
      ],
      [
        'an answer without a trace',
        { data: { books: [] } },
        ['The answer came without a trace', 'explainToken'],
      ],
    ])('tells %s as what it is', async (_what, body, texts) => {
      await openPanel();
      await page.route('**/graphql', (route) => route.fulfill({ json: body }));
      await run();
      const alert = page.getByRole('alert').filter({ hasText: texts[0] ?? '' });
      await alert.waitFor();
      for (const text of texts) expect(await alert.textContent()).toContain(text);
    });

    test('tells that there was no answer, and explains the next one', async () => {
      await openPanel();
      await page.route('**/graphql', (route) => route.abort());
      await run();
      await page.getByRole('alert').filter({ hasText: 'There was no answer' }).waitFor();
      await page.unroute('**/graphql');
      await run();
      await expect.poll(() => items().count()).toBe(3);
    });
  },
);
