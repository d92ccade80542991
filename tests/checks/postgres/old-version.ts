import type { PrismaModel } from '../../../checks/databases/prisma-models.ts';
import type { Catalog, CatalogColumn, CatalogTable } from './read-catalog.ts';

/** A statement of the version that runs while the migration does; each writes values of its own. */
export interface OldStatement {
  readonly table: string;
  readonly kind: 'select' | 'insert' | 'update';
  readonly text: (run: number) => string;
}

const values: readonly (readonly [RegExp, (at: number) => string])[] = [
  [/\[\]$/, () => `'{}'`],
  [/^(smallint|int|integer|bigint|numeric|real|double)/, (at) => `${at}`],
  [/^character$/, (at) => `'${at % 1000}'`],
  [/^(text|character)/, (at) => `'v${at}'`],
  [/^boolean/, (at) => (at % 2 === 0 ? 'true' : 'false')],
  [/^uuid/, (at) => `'00000000-0000-4000-8000-${String(at).padStart(12, '0')}'`],
  [/^jsonb/, (at) => `'{"a":${at}}'`],
  [/^(date|timestamp)/, (at) => `'2026-01-01'::date + ${at}`],
  [/^time/, (at) => `'00:00'::time + '${at} s'`],
  [/^interval/, (at) => `'${at} s'`],
  [/^bytea/, (at) => `'v${at}'`],
  [/^bit/, (at) => `${at % 8}::bit(3)`],
];

function valueOf({ baseType }: CatalogColumn, at: number): string {
  const [, write] = values.find(([pattern]) => pattern.test(baseType)) ?? [];
  return write?.(at) ?? 'NULL';
}

/** What a client made from the base's declaration sends: it names every column, and writes those that it has to. */
export function listOldStatements({ tables }: Catalog): OldStatement[] {
  return tables
    .filter(({ columns }) => columns.length > 0)
    .flatMap((table): OldStatement[] => {
      const name = `"${table.schema}"."${table.name}"`;
      const list = (columns: readonly CatalogColumn[]) => columns.map(({ name }) => `"${name}"`).join(', ');
      const insert = (columns: readonly CatalogColumn[]) => (run: number) =>
        columns.length === 0
          ? `INSERT INTO ${name} DEFAULT VALUES`
          : `INSERT INTO ${name} (${list(columns)}) VALUES (${columns.map((column) => valueOf(column, run)).join(', ')})`;
      const writable = table.columns.filter(({ generated }) => generated !== 'a');
      const shared = { table: printTable(table) };
      const statements: OldStatement[] = [
        { ...shared, kind: 'select', text: () => `SELECT ${list(table.columns)} FROM ${name}` },
        { ...shared, kind: 'insert', text: insert(writable.filter(isWritten)) },
        { ...shared, kind: 'insert', text: insert(writable.filter((column) => !column.hasDefault)) },
      ];
      for (const column of writable)
        statements.push({
          ...shared,
          kind: 'update',
          text: () => `UPDATE ${name} SET "${column.name}" = "${column.name}"`,
        });
      return statements;
    });
}

export function printTable({ schema, name }: CatalogTable): string {
  return `${schema}.${name}`;
}

function isWritten({ isNullable, hasDefault }: CatalogColumn): boolean {
  return !isNullable && !hasDefault;
}

/** The declaration of that version, as the check reads it. */
export function describeModels({ tables }: Catalog): PrismaModel[] {
  const location = { file: 'schema.prisma', line: 1 };
  return tables
    .filter(({ schema }) => schema === 'public')
    .map((table) => ({
      name: table.name,
      table: table.name,
      location,
      fields: table.columns.map((column) => ({
        name: column.name,
        column: column.name,
        isRequired: !column.isNullable,
        isFilledByDatabase: column.hasDefault,
        location,
      })),
    }));
}
