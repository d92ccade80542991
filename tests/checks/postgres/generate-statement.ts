import type { Random } from '../../differential/random.ts';
import type { Catalog, CatalogTable } from './read-catalog.ts';

const tableNames = ['people', 'teams', '"Order"', 'PEOPLE_OLD', '"odd name"'];
const columnNames = ['a', 'b', 'C', '"Mixed"', 'd', '"select"'];
const typeNames = ['status', '"Mood"'];
const schemaNames = ['public', 'archive', '"Shop"'];
const viewNames = ['overview', '"V"'];
const labels = ['new', 'open', 'done', 'Gone'];

const plainTypes = [
  'int',
  'integer',
  'bigint',
  'smallint',
  'text',
  'varchar(20)',
  'VARCHAR(40)',
  'varchar',
  'char(3)',
  'numeric',
  'numeric(10,2)',
  'decimal(12, 2)',
  'numeric(8)',
  'boolean',
  'uuid',
  'jsonb',
  'date',
  'timestamp',
  'timestamp(3)',
  'timestamptz',
  'timestamp(3) with time zone',
  'time',
  'real',
  'double precision',
  'float(20)',
  'bytea',
  'text[]',
  'int[3]',
  'varchar(10)[]',
  'interval',
  'bit(3)',
  'serial',
  'bigserial',
  'pg_catalog.int4',
  'positive',
  'filled',
];

/** Writes statements that are likely to mean something for what is there; the database says which of them are valid. */
export class StatementGenerator {
  readonly #random: Random;
  readonly #catalog: Catalog;

  constructor(random: Random, catalog: Catalog) {
    this.#random = random;
    this.#catalog = catalog;
  }

  write(): string {
    const { tables } = this.#catalog;
    if (tables.length < 2 && this.#random.chance(0.7)) return this.#createTable();
    const table = tables.length === 0 ? undefined : this.#random.pick(tables);
    if (table === undefined) return this.#createTable();
    const kinds: readonly (readonly [number, () => string])[] = [
      [4, () => this.#createTable()],
      [26, () => this.#alter(table)],
      [8, () => this.#createIndex(table)],
      [4, () => this.#rename(table)],
      [4, () => this.#drop(table)],
      [6, () => this.#changeType()],
      [4, () => this.#createView(table)],
      [4, () => this.#other(table)],
    ];
    return this.#weigh(kinds)();
  }

  #weigh<Item>(kinds: readonly (readonly [number, Item])[]): Item {
    let left = this.#random.next() * kinds.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, item] of kinds) {
      left -= weight;
      if (left < 0) return item;
    }
    throw new Error('Nothing to choose from');
  }

  #chance(probability: number, text: string): string {
    return this.#random.chance(probability) ? text : '';
  }

  #pick<Item>(items: readonly Item[]): Item {
    return this.#random.pick(items);
  }

  #newTable(): string {
    return `${this.#chance(0.25, `${this.#pick(schemaNames)}.`)}${this.#pick(tableNames)}`;
  }

  #nameOf(table: CatalogTable): string {
    const isQualified = table.schema !== 'public' || this.#random.chance(0.15);
    return `${isQualified ? `${quote(table.schema)}.` : ''}${this.#spell(table.name)}`;
  }

  /** Without quotes where that means the same: in lower or in upper case. */
  #spell(name: string): string {
    if (!/^[a-z_]+$/.test(name) || name === 'select') return quote(name);
    return this.#pick([name, name, quote(name), name.toUpperCase()]);
  }

  #column({ columns }: CatalogTable): string {
    const [first] = columns;
    return first === undefined ? 'a' : this.#spell(this.#pick(columns).name);
  }

  #columns(table: CatalogTable): string {
    const { columns } = table;
    const chosen = this.#random.shuffle(columns).slice(0, this.#pick([1, 1, 1, 2, 2, 3]));
    return chosen.map(({ name }) => this.#spell(name)).join(', ') || 'a';
  }

  #type(): string {
    const enums = Object.keys(this.#catalog.enums);
    if (enums.length > 0 && this.#random.chance(0.15))
      return quote(this.#pick(enums)) + this.#chance(0.2, '[]');
    return this.#pick(plainTypes);
  }

  #default(type: string): string {
    const constants: readonly (readonly [RegExp, readonly string[]])[] = [
      [/\[/, ["'{}'"]],
      [
        /^(int|bigint|smallint|numeric|decimal|real|double|float|pg_catalog|positive)/i,
        ['1', '7', '1 + 1', '(random() * 30000)::int'],
      ],
      [/^(text|varchar|filled)/i, ["'x'", "$$it's$$", "lower('X')", 'md5(random()::text)']],
      [/^bool/, ['true', 'false']],
      [/^uuid/, ['gen_random_uuid()']],
      [/^jsonb/, [`'{"a": [1]}'`]],
      [/^(date|timestamp)/, ['now()', 'CURRENT_TIMESTAMP', "now() - interval '1 day'"]],
    ];
    const [, values] = constants.find(([pattern]) => pattern.test(type)) ?? [];
    return values === undefined || this.#random.chance(0.15) ? 'NULL' : this.#pick(values);
  }

  #columnDefinition(name: string): string {
    const type = this.#type();
    const parts = [
      ...(this.#random.chance(0.3) ? [`DEFAULT ${this.#default(type)}`] : []),
      ...(this.#random.chance(0.35)
        ? [this.#pick(['NOT NULL', 'NOT NULL', 'NULL', 'CONSTRAINT nn NOT NULL'])]
        : []),
      ...(this.#random.chance(0.1)
        ? [this.#pick(['UNIQUE', 'CONSTRAINT own UNIQUE', 'UNIQUE NULLS NOT DISTINCT'])]
        : []),
      ...(this.#random.chance(0.08) ? [`CHECK (${name} IS NOT NULL)`] : []),
      ...(this.#random.chance(0.05) ? ['REFERENCES people'] : []),
    ];
    const special = this.#random.next();
    if (special < 0.05) return `${name} int GENERATED ${this.#pick(['ALWAYS', 'BY DEFAULT'])} AS IDENTITY`;
    if (special < 0.08)
      return `${name} int GENERATED ALWAYS AS (1 + 1)${this.#pick([' STORED', '', ' VIRTUAL'])}`;
    return [name, type, ...this.#random.shuffle(parts)].join(' ');
  }

  #createTable(): string {
    const { tables } = this.#catalog;
    const name = this.#newTable();
    const optional = this.#chance(0.15, 'IF NOT EXISTS ');
    const source = tables.length === 0 ? undefined : this.#nameOf(this.#pick(tables));
    const kind = this.#random.next();
    if (source !== undefined && kind < 0.08)
      return `CREATE TABLE ${optional}${name} (LIKE ${source}${this.#pick([' INCLUDING ALL', '', ' INCLUDING DEFAULTS', ' INCLUDING INDEXES', ' INCLUDING ALL EXCLUDING INDEXES', ' INCLUDING IDENTITY'])})`;
    if (source !== undefined && kind < 0.13)
      return `CREATE TABLE ${name} (${this.#chance(0.5, 'extra text NOT NULL')}) INHERITS (${source})`;
    if (source !== undefined && kind < 0.17)
      return `CREATE TABLE ${optional}${name} AS SELECT ${this.#chance(0.3, '1 AS n, ')}* FROM ${source}`;
    const partitioned = tables.find(({ isPartitioned }) => isPartitioned);
    if (partitioned !== undefined && kind < 0.25)
      return `CREATE TABLE ${name} PARTITION OF ${this.#nameOf(partitioned)} DEFAULT`;
    const names = this.#random.shuffle(columnNames).slice(0, this.#random.integer(1, 5));
    const definitions = names.map((column) => this.#columnDefinition(column));
    const some = () =>
      this.#random
        .shuffle(names)
        .slice(0, this.#pick([1, 1, 2]))
        .join(', ');
    const constraints = [
      ...(this.#random.chance(0.5)
        ? [`${this.#chance(0.5, 'CONSTRAINT "Key" ')}PRIMARY KEY (${some()})`]
        : []),
      ...(this.#random.chance(0.15) ? [`UNIQUE (${some()})`] : []),
      ...(this.#random.chance(0.1) ? [`CHECK (${names[0]} IS NOT NULL)`] : []),
      ...(this.#random.chance(0.05) ? [`NOT NULL ${names[0]}`] : []),
    ];
    const elements = this.#random.chance(0.2)
      ? [...constraints, ...definitions]
      : [...definitions, ...constraints];
    const partition = this.#chance(0.08, ` PARTITION BY LIST (${names[0]})`);
    const note = this.#chance(0.05, '/* a /* nested */ ; comment */ ');
    return `CREATE ${this.#chance(0.03, 'UNLOGGED ')}TABLE ${optional}${note}${name} (${elements.join(', ')})${partition}`;
  }

  #alter(table: CatalogTable): string {
    const count = this.#pick([1, 1, 1, 1, 2, 3]);
    const actions = Array.from({ length: count }, () => this.#action(table));
    return `ALTER TABLE ${this.#chance(0.1, 'IF EXISTS ')}${this.#chance(0.05, 'ONLY ')}${this.#nameOf(table)} ${actions.join(', ')}`;
  }

  #action(table: CatalogTable): string {
    const column = this.#column(table);
    const type = this.#type();
    const kinds: readonly (readonly [number, () => string])[] = [
      [
        6,
        () =>
          `ADD ${this.#chance(0.7, 'COLUMN ')}${this.#chance(0.2, 'IF NOT EXISTS ')}${this.#columnDefinition(this.#pick(columnNames))}`,
      ],
      [3, () => `DROP COLUMN ${this.#chance(0.2, 'IF EXISTS ')}${column}${this.#chance(0.2, ' CASCADE')}`],
      [2, () => `ALTER ${column} SET NOT NULL`],
      [2, () => `ALTER COLUMN ${column} DROP NOT NULL`],
      [2, () => `ALTER COLUMN ${column} SET DEFAULT ${this.#pick(['NULL', '1', "'x'", 'now()', "'{}'"])}`],
      [2, () => `ALTER COLUMN ${column} DROP DEFAULT`],
      [
        3,
        () =>
          `ALTER COLUMN ${column} ${this.#chance(0.5, 'SET DATA ')}TYPE ${type}${this.#chance(0.3, ` USING ${column}::text::${type}`)}`,
      ],
      [1, () => `ALTER COLUMN ${column} ADD GENERATED ${this.#pick(['ALWAYS', 'BY DEFAULT'])} AS IDENTITY`],
      [1, () => `ALTER COLUMN ${column} DROP IDENTITY IF EXISTS`],
      [1, () => `ALTER COLUMN ${column} SET GENERATED ALWAYS`],
      [1, () => `ALTER COLUMN ${column} DROP EXPRESSION IF EXISTS`],
      [4, () => `ADD ${this.#constraint(table)}`],
      [
        2,
        () =>
          `DROP CONSTRAINT ${quote(this.#pick([...table.constraints, 'none']))}${this.#chance(0.3, ' CASCADE')}`,
      ],
      [0.5, () => `VALIDATE CONSTRAINT ${quote(this.#pick([...table.constraints, 'none']))}`],
      [0.5, () => `ALTER ${column} SET STATISTICS 100`],
    ];
    return this.#weigh(kinds)();
  }

  #constraint(table: CatalogTable): string {
    const name = this.#chance(0.5, `CONSTRAINT ${this.#pick(['rule', '"Rule"', 'other_rule'])} `);
    const column = this.#column(table);
    const index = table.indexes.length === 0 ? 'none' : quote(this.#pick(table.indexes).name);
    const late = this.#chance(0.4, ' NOT VALID');
    return `${name}${this.#pick([
      `UNIQUE (${this.#columns(table)})`,
      `UNIQUE NULLS NOT DISTINCT (${column})`,
      `PRIMARY KEY (${this.#columns(table)})`,
      `UNIQUE USING INDEX ${index}`,
      `PRIMARY KEY USING INDEX ${index}`,
      `CHECK (${column} IS NOT NULL)${late}`,
      `CHECK (${column}::text <> 'never')${late}`,
      `NOT NULL ${column}${late}`,
      `FOREIGN KEY (${column}) REFERENCES ${this.#nameOf(this.#pick(this.#catalog.tables))}${late}`,
    ])}`;
  }

  #createIndex(table: CatalogTable): string {
    const column = this.#column(table);
    const name = this.#pick(['', '', 'idx', '"Idx"', 'IF NOT EXISTS idx', 'IF NOT EXISTS other_idx']);
    const keys = this.#pick([
      this.#columns(table),
      this.#columns(table),
      `${column} DESC NULLS LAST`,
      `lower(${column}::text)`,
      `(${column} IS NULL)`,
      `(${column}::text || 'x'), ${this.#column(table)}`,
    ]);
    const extra = `${this.#chance(0.15, ` INCLUDE (${this.#column(table)})`)}${this.#chance(0.2, ` WHERE ${this.#column(table)} IS NOT NULL`)}`;
    return `CREATE ${this.#chance(0.3, 'UNIQUE ')}INDEX ${this.#chance(0.2, 'CONCURRENTLY ')}${name} ON ${this.#nameOf(table)} (${keys})${extra}`;
  }

  #rename(table: CatalogTable): string {
    const name = this.#nameOf(table);
    const index = table.indexes.length === 0 ? 'none' : quote(this.#pick(table.indexes).name);
    return this.#pick([
      `ALTER TABLE ${name} RENAME TO ${this.#pick(tableNames)}`,
      `ALTER TABLE ${name} RENAME ${this.#chance(0.5, 'COLUMN ')}${this.#column(table)} TO ${this.#pick(columnNames)}`,
      `ALTER TABLE ${name} RENAME COLUMN ${this.#column(table)} TO ${this.#pick(columnNames)}`,
      `ALTER TABLE ${name} RENAME CONSTRAINT ${quote(this.#pick([...table.constraints, 'none']))} TO renamed`,
      `ALTER INDEX ${quote(table.schema)}.${index} RENAME TO "Renamed"`,
      `ALTER TABLE ${name} SET SCHEMA ${this.#pick(schemaNames)}`,
    ]);
  }

  #drop(table: CatalogTable): string {
    const optional = this.#chance(0.3, 'IF EXISTS ');
    const cascade = this.#chance(0.4, ' CASCADE');
    const index = table.indexes.length === 0 ? 'none' : quote(this.#pick(table.indexes).name);
    return this.#pick([
      `DROP TABLE ${optional}${this.#nameOf(table)}${cascade}`,
      `DROP INDEX ${this.#chance(0.3, 'CONCURRENTLY ')}${optional}${quote(table.schema)}.${index}`,
      `DROP INDEX ${optional}${quote(table.schema)}.${index}`,
      `DROP TYPE ${optional}${this.#pick(typeNames)}${cascade}`,
      `DROP VIEW ${optional}${this.#pick(viewNames)}${cascade}`,
      `DROP SCHEMA ${optional}${this.#pick(schemaNames.slice(1))}${cascade}`,
    ]);
  }

  #changeType(): string {
    const type = this.#pick(typeNames);
    const values = this.#random.shuffle(labels).slice(0, this.#random.integer(1, 3));
    const [label, other] = [this.#pick(labels), this.#pick(labels)];
    return this.#pick([
      `CREATE TYPE ${type} AS ENUM (${values.map((value) => `'${value}'`).join(', ')})`,
      `CREATE TYPE ${type} AS ENUM (${values.map((value) => `'${value}'`).join(', ')})`,
      `ALTER TYPE ${type} ADD VALUE ${this.#chance(0.4, 'IF NOT EXISTS ')}'${label}'${this.#pick(['', '', ` BEFORE '${other}'`, ` AFTER '${other}'`])}`,
      `ALTER TYPE ${type} RENAME VALUE '${label}' TO '${other}'`,
      `ALTER TYPE ${type} RENAME TO ${this.#pick(typeNames)}`,
    ]);
  }

  #createView(table: CatalogTable): string {
    const name = this.#pick(viewNames);
    const column = this.#column(table);
    const source = this.#nameOf(table);
    const query = this.#pick([
      `SELECT * FROM ${source}`,
      `SELECT ${this.#columns(table)} FROM ${source}`,
      `SELECT p.${column}, count(*) FROM ${source} AS p GROUP BY 1`,
      `SELECT ${column} AS "One", ${column}::text FROM ${source} WHERE ${column} IS NOT NULL`,
      `WITH people AS (SELECT 1 AS only) SELECT * FROM people`,
      `SELECT * FROM ${source} AS p(first)`,
    ]);
    return `CREATE ${this.#pick(['', '', '', 'OR REPLACE ', 'MATERIALIZED '])}VIEW ${name} AS ${query}`;
  }

  #other(table: CatalogTable): string {
    return this.#pick([
      `COMMENT ON TABLE ${this.#nameOf(table)} IS 'people; -- DROP TABLE x'`,
      `CREATE SCHEMA IF NOT EXISTS ${this.#pick(schemaNames)}`,
      `CREATE SCHEMA ${this.#pick(schemaNames)} CREATE TABLE inner_table (a int PRIMARY KEY)`,
      `ALTER SCHEMA ${this.#pick(schemaNames.slice(1))} RENAME TO ${this.#pick(schemaNames.slice(1))}`,
      `SET search_path TO ${this.#pick(schemaNames)}`,
      `SET LOCAL search_path TO ${this.#pick(schemaNames)}, public`,
      `CREATE TEMP TABLE ${this.#pick(tableNames)} (t int)`,
      `CREATE SEQUENCE IF NOT EXISTS numbers`,
      `ALTER INDEX ${quote(table.indexes[0]?.name ?? 'none')} SET (fillfactor = 70)`,
    ]);
  }
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
