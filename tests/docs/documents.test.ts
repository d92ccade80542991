import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

import { runFreehold } from '../support/run-freehold.ts';

const root = path.resolve(import.meta.dirname, '../..');
const documents = ['README.md', 'ARCHITECTURE.md', 'SECURITY.md', 'benchmarks/README.md'].filter((file) =>
  existsSync(path.join(root, file)),
);
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** Names between backticks that look like a path of this repository. */
function listPaths(text: string): string[] {
  return [...text.matchAll(/`([\w.*<>-]+(?:\/[\w.*<>-]*)+)`/g)]
    .map((match) => match[1] ?? '')
    .filter((name) => !/^(@|https?:|application\/|\.freehold)/.test(name) && !name.startsWith('/'));
}

/** Whether a path exists, from the top or from the document's own folder; `*` and `<name>` stand for any one part. */
function isThere(file: string, name: string): boolean {
  return [root, path.resolve(root, path.dirname(file))].some((folder) => isBelow(folder, name.split('/')));
}

function isBelow(folder: string, [first = '', ...rest]: readonly string[]): boolean {
  if (first === '') return existsSync(folder);
  const pattern = new RegExp(`^${first.replaceAll('.', '\\.').replaceAll(/<\w+>|\*/g, '.*')}$`);
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  return entries
    .filter((entry) => pattern.test(entry.name))
    .some((entry) => rest.length === 0 || isBelow(path.join(folder, entry.name), rest));
}

test.each(documents)('every path in %s exists', (file) => {
  expect(listPaths(read(file)).filter((name) => !isThere(file, name))).toEqual([]);
});

test.each(documents)('every link to a file in %s leads somewhere', (file) => {
  const targets = [...read(file).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '');
  expect(targets.filter((target) => !existsSync(path.resolve(root, path.dirname(file), target)))).toEqual([]);
});

test.each(documents)('every freehold command in %s exists', async (file) => {
  const named = new Set(
    [...read(file).matchAll(/npx freehold ([a-z][a-z-]*)/g)].map((match) => match[1] ?? ''),
  );
  const { stdout } = await runFreehold(['--help']);
  const known = [...stdout.matchAll(/^ {2}([a-z][a-z-]*)(?:\|\w+)?[ [<]/gm)].map((match) => match[1] ?? '');
  expect([...named].filter((name) => !known.includes(name))).toEqual([]);
});

test('the README stays short', () => {
  expect(read('README.md').split('\n').length).toBeLessThan(200);
});
