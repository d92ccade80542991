import type { TableFacts } from './database-facts.ts';
import type { ServiceDatabase } from './service-database.ts';

/** `orderItems`, `OrderItem` and `order_items` are one name: what is left is compared. */
function normalise(name: string): string {
  const plain = name.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase();
  if (plain.endsWith('ies')) return `${plain.slice(0, -3)}y`;
  if (/(ss|sh|ch|x)es$/.test(plain)) return plain.slice(0, -2);
  return plain.endsWith('s') && !plain.endsWith('ss') ? plain.slice(0, -1) : plain;
}

/**
 * The table behind a GraphQL type: named by the configuration, else the Prisma model of the same name, else the table
 * or collection of the same name up to case and plural, else the one behind an interface of the type.
 */
export function findTable(
  database: ServiceDatabase,
  type: string,
  interfaces: readonly string[],
  configured: Readonly<Record<string, string>>,
): TableFacts | undefined {
  for (const name of [type, ...interfaces]) {
    const chosen = configured[`${database.service}.${name}`];
    const table =
      chosen ??
      database.models.find((model) => normalise(model.name) === normalise(name))?.table ??
      [...database.facts.tables.keys()].find((table) => normalise(table) === normalise(name));
    const facts = table === undefined ? undefined : database.facts.tables.get(table);
    if (facts !== undefined) return facts;
  }
  return undefined;
}

/** The column behind a GraphQL field: by the Prisma field of that name, else by the same name up to case. */
export function findColumn(database: ServiceDatabase, table: TableFacts, field: string): string | undefined {
  const model = database.models.find((model) => model.table === table.name);
  const mapped = model?.fields.find((candidate) => candidate.name === field)?.column;
  const names = listColumnNames(table);
  if (mapped !== undefined && names.includes(mapped)) return mapped;
  const wanted = plainName(field);
  const same = names.find((column) => plainName(column) === wanted);
  if (same !== undefined) return same;
  if (wanted === 'id' && names.includes('_id')) return '_id';
  // `customer` is kept as `customer_id`.
  return names.find((column) => plainName(column) === `${wanted}id`);
}

function plainName(name: string): string {
  return name.replaceAll('_', '').toLowerCase();
}

/** The columns, and for a collection without a validator what its indexes name. */
function listColumnNames(table: TableFacts): string[] {
  const indexed = [...table.indexes.values()].flatMap((index) =>
    index.columns.map((path) => path.split('.')[0] ?? ''),
  );
  return [...new Set([...table.columns.keys(), ...indexed])].filter((name) => name !== '');
}

const suffixes = /(From|To|Before|After|Since|Until|Prefix|Contains|In|Not|Min|Max|Gte?|Lte?|Eq|Ids)$/;

/** The column that a filter field or argument searches by: `placedFrom` is `placed`, `placedAt`, ... */
export function findSearchedColumn(
  database: ServiceDatabase,
  table: TableFacts,
  name: string,
): string | undefined {
  const stem = name.replace(suffixes, '');
  const candidates = [
    name,
    stem,
    `${stem}At`,
    stem.replace(/(ses|xes)$/, (end) => end.slice(0, 1)),
    stem.replace(/s$/, ''),
  ];
  for (const candidate of candidates) {
    const column = candidate === '' ? undefined : findColumn(database, table, candidate);
    if (column !== undefined) return column;
  }
  return undefined;
}
