import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { expect, test } from 'vitest';

import { catalogue } from '../../checks/catalogue.ts';
import { printRuleTable } from '../../checks/print-rule-table.ts';

const document = path.join(import.meta.dirname, '../../docs/checks.md');

// `UPDATE_DOCS=1 npx vitest run tests/checks/document.test.ts` writes the table anew.
test('docs/checks.md lists every rule as the code has it', async () => {
  const text = await readFile(document, 'utf8');
  const [before = '', rest = ''] = text.split('<!-- rules -->');
  const after = rest.slice(rest.indexOf('<!-- /rules -->'));
  const expected = `${before}<!-- rules -->\n\n${printRuleTable()}\n\n${after}`;
  if (process.env['UPDATE_DOCS'] === '1') await writeFile(document, expected);
  expect(await readFile(document, 'utf8')).toBe(expected);
});

test('no two rules share an id', () => {
  const ids = catalogue.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
});
