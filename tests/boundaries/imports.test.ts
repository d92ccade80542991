import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';

import { parseSync } from 'oxc-parser';
import { describe, expect, test } from 'vitest';

const root = path.resolve(import.meta.dirname, '../..');
const topFolders = [
  'cli',
  'gateway',
  'subgraphs',
  'databases',
  'checks',
  'prisma',
  'telemetry',
  'benchmarks',
  'tests',
];

function listSources(folder: string): string[] {
  return readdirSync(path.join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const file = path.join(folder, entry.name);
    if (entry.isDirectory())
      return ['client', 'node_modules', 'fixtures'].includes(entry.name) ? [] : listSources(file);
    return /\.tsx?$/.test(entry.name) ? [file] : [];
  });
}

function listImports(file: string): string[] {
  const { module } = parseSync(file, readFileSync(path.join(root, file), 'utf8'));
  return [
    ...module.staticImports.map((entry) => entry.moduleRequest.value),
    ...module.staticExports.flatMap((entry) =>
      entry.entries.flatMap((part) => part.moduleRequest?.value ?? []),
    ),
  ];
}

/** The place a file belongs to: a top folder, `subgraphs/kit`, or `service:<name>`. */
function ownerOf(file: string): string {
  const [top = '', second = ''] = file.split(path.sep);
  if (top === 'subgraphs') return second === 'kit' ? 'kit' : `service:${second}`;
  if (top === 'prisma' && second && !second.endsWith('.ts') && second !== 'shop-data')
    return `service:${second}`;
  return top;
}

/** Who may import whom, beside itself. Tests beside their source may also use tests/support and the sample data. */
function mayImport(from: string, to: string, file: string): boolean {
  if (to === 'telemetry')
    return from === 'gateway' || from === 'kit' || from === 'cli' || from === 'tests' || from === to;
  if (from === to || from === 'cli' || from === 'tests' || from === 'benchmarks') return true;
  if (file.endsWith('.test.ts') && (to === 'tests' || to === 'databases')) return true;
  if (from.startsWith('service:')) return to === 'kit' || to === 'prisma';
  if (from === 'checks') return to === 'gateway';
  return false;
}

describe('imports go one way', () => {
  for (const file of topFolders.flatMap((folder) => {
    try {
      return listSources(folder);
    } catch {
      return [];
    }
  })) {
    test(file, () => {
      const wrong = listImports(file)
        .filter((target) => target.startsWith('.'))
        .map((target) => path.normalize(path.join(path.dirname(file), target)))
        .filter((target) => !mayImport(ownerOf(file), ownerOf(target), file));
      expect(wrong).toEqual([]);
    });
  }
});
