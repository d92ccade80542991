import path from 'node:path';

import { beforeAll, describe, expect, test } from 'vitest';

import { runCheck, type CheckReport } from '../../checks/check.ts';
import { isProjectFile, type FileTree } from '../../checks/files/file-tree.ts';
import { readFolder } from '../../checks/files/read-folder.ts';
import { printText } from '../../checks/report/print-text.ts';
import { measureShortest } from '../support/measure-shortest.ts';

const root = path.join(import.meta.dirname, '../..');
let shop: FileTree;

beforeAll(async () => {
  shop = await readFolder(root, 'the shop', isProjectFile);
});

/** Checks the shop with some files changed against the shop as it is. */
async function checkWith(changes: Readonly<Record<string, (text: string) => string>>): Promise<CheckReport> {
  const files = new Map(shop.files);
  for (const [file, change] of Object.entries(changes)) {
    const before = files.get(file) ?? '';
    const after = change(before);
    expect(after, `the change of ${file} finds what it wants to change`).not.toBe(before);
    files.set(file, after);
  }
  return await runCheck({
    base: { kind: 'tree', tree: shop },
    head: { label: 'the change', files },
    now: new Date('2026-11-22T12:00:00Z'),
  });
}

function listFindings(report: CheckReport): string[] {
  return report.findings
    .filter(({ rule }) => rule !== 'supergraph-stale')
    .map(({ severity, rule, subject }) => `${severity} ${rule} ${subject}`);
}

describe("the shop's own check", () => {
  test('finds nothing on the unchanged tree, in under 5 s of processor time', async () => {
    const seconds = await measureShortest(5, async () => {
      const before = process.cpuUsage();
      const report = await checkWith({});
      const { user, system } = process.cpuUsage(before);
      expect(printText(report)).toMatch(/^Nothing found\./);
      return (user + system) / 1e6;
    });
    expect(seconds).toBeLessThan(5);
  });

  test('says who asks for a field that is removed', async () => {
    const report = await checkWith({
      'subgraphs/accounts/schema.graphql': (text) =>
        text.replace(/ {2}"Where the user gets mail[^\n]*\n[^\n]*\n/, ''),
    });
    expect(listFindings(report)).toEqual(['breaking field-removed User.email']);
    expect(report.findings[0]?.hits.map(({ operation }) => operation)).toEqual([
      'Customers',
      'OpenOrders',
      'Me',
    ]);
    expect(report.findings[0]?.hits[0]?.clients).toEqual([{ name: 'back-office' }]);
  });

  test('says what still reads a column that is renamed, and in which order it can be moved', async () => {
    const report = await checkWith({
      'prisma/accounts/migrations/20990101000000_rename/migration.sql': () =>
        'ALTER TABLE "users" RENAME COLUMN "name" TO "full_name";\n',
      'prisma/accounts/schema.prisma': (text) =>
        text.replace(/^ {2}name {9}String$/m, '  name         String    @map("full_name")'),
    });
    expect(listFindings(report)).toEqual(['breaking column-renamed accounts/users.name']);
    expect(report.findings[0]?.why).toContain('GraphQL answers User.name from it.');
    expect(report.order.map(({ phase }) => phase)).toEqual([
      'expand',
      'deploy',
      'migrate',
      'deploy',
      'contract',
    ]);
  });

  test('says who does not give an argument that becomes required', async () => {
    const report = await checkWith({
      'subgraphs/inventory/schema.graphql': (text) =>
        text.replace('warehouse(id: ID, code: String)', 'warehouse(id: ID, code: String, region: String!)'),
    });
    expect(listFindings(report)).toEqual(['breaking required-argument-added Query.warehouse(region:)']);
    expect(report.findings[0]?.hits.map(({ operation }) => operation)).toEqual(['WarehouseStock']);
  });

  test('says who searches by an index that is dropped', async () => {
    const report = await checkWith({
      'prisma/orders/migrations/20990101000000_drop/migration.sql': () =>
        'DROP INDEX "orders_placed_at_id_idx";\n',
      'prisma/orders/schema.prisma': (text) => text.replace(/^ {2}@@index\(\[placedAt, id\]\)\n/m, ''),
    });
    expect(listFindings(report)).toContain('warning index-dropped orders/orders.orders_placed_at_id_idx');
    expect(report.findings[0]?.hits.map(({ operation }) => operation)).toContain('OpenOrders');
  });
});
