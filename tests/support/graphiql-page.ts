import type { Browser, Page } from 'playwright-core';
import { expect } from 'vitest';

/** How long the page may take for one thing, in milliseconds: a busy machine reads Monaco's megabytes for a while. */
const timeoutMs = 120_000;

/** A new page in a context of its own. */
export async function newGraphiqlPage(
  browser: Browser,
  viewport = { width: 1280, height: 720 },
): Promise<Page> {
  const context = await browser.newContext({ viewport });
  context.setDefaultTimeout(timeoutMs);
  return await context.newPage();
}

/** Waits until GraphiQL has all its editors: before that, it does nothing when it is told to run an operation. */
export async function waitForEditors(page: Page): Promise<void> {
  for (const [part, count] of [
    ['.graphiql-query-editor', 1],
    // Variables and headers.
    ['.graphiql-editor-tool', 2],
    ['.graphiql-response', 1],
  ] as const)
    await expect
      .poll(() => page.locator(`${part} .monaco-editor`).count(), { timeout: timeoutMs })
      .toBe(count);
}
