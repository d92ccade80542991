import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';

import { runCheck } from '../../checks/check.ts';
import { composeSnapshot } from '../../checks/composition/compose-snapshot.ts';
import { readFolder } from '../../checks/files/read-folder.ts';
import type { FileTree } from '../../checks/files/file-tree.ts';
import { loadSnapshot } from '../../checks/project/snapshot.ts';
import { printJson } from '../../checks/report/print-json.ts';
import { printText } from '../../checks/report/print-text.ts';

const root = path.join(import.meta.dirname, 'fixtures');
const now = new Date('2026-11-22T12:00:00Z');

/**
 * One side of a case: the project that all cases share, with the case's files laid over it. `x.deleted` takes file x
 * away; `supergraph.graphql.from` puts the composed supergraph of the base there.
 */
async function readSide(name: string, side: 'base' | 'head'): Promise<FileTree> {
  const files = new Map((await readFolder(path.join(root, '_project'), '', () => true)).files);
  const layers = side === 'base' ? ['base'] : ['base', 'head'];
  for (const layer of layers) {
    const folder = path.join(root, name, layer);
    if (!existsSync(folder)) continue;
    for (const [file, text] of (await readFolder(folder, '', () => true)).files)
      if (file.endsWith('.deleted')) files.delete(file.slice(0, -'.deleted'.length));
      else files.set(file, text);
  }
  if (files.delete('supergraph.graphql.from')) {
    const base = loadSnapshot({
      label: '',
      files: (await readFolder(path.join(root, '_project'), '', () => true)).files,
    });
    const outcome = composeSnapshot(base);
    if (outcome.kind === 'composed') files.set('supergraph.graphql', `${outcome.supergraphSdl}\n`);
  }
  return { label: side, files };
}

// Formats are left to the readers of the file: the schema's shape is what they rely on.
const validateReport = new Ajv2020({ validateFormats: false }).compile(
  JSON.parse(
    readFileSync(path.join(import.meta.dirname, '../../checks/schemas/report.schema.json'), 'utf8'),
  ) as object,
);

const cases = readdirSync(root, { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && !entry.name.startsWith('_'))
  .map((entry) => entry.name);

describe('each change gives exactly its findings, and JSON that follows the published schema', () => {
  test.each(cases)('%s', async (name) => {
    const report = await runCheck({
      base: { kind: 'tree', tree: await readSide(name, 'base') },
      head: await readSide(name, 'head'),
      now,
    });
    validateReport(JSON.parse(printJson(report)));
    expect(validateReport.errors).toBeNull();
    await expect(printText(report)).toMatchFileSnapshot(path.join(root, name, 'expected.txt'));
  });

  test('there are at least forty of them', () => {
    expect(cases.length).toBeGreaterThanOrEqual(40);
  });
});
