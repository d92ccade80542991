import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { printSchemas } from './print-schemas.ts';

// `UPDATE_SCHEMAS=1 npx vitest run checks/schemas && npx prettier --write checks/schemas` writes the files anew.
describe('the published JSON Schemas', () => {
  test.each([...printSchemas()])('%s says what the code accepts or prints', async (file, text) => {
    const place = path.join(import.meta.dirname, file);
    if (process.env['UPDATE_SCHEMAS'] === '1') await writeFile(place, text);
    expect(JSON.parse(await readFile(place, 'utf8'))).toEqual(JSON.parse(text));
  });
});
