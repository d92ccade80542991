import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

import { CheckError } from '../check-error.ts';
import { applySql } from './apply-sql.ts';
import { createDatabaseFacts, type DatabaseFacts } from './database-facts.ts';
import { parseSql } from './parse-sql.ts';

/** What is used of the global of that name, which Node's types do not declare as a value. */
interface WebAssemblyLoader {
  instantiate(
    code: Uint8Array,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
}

let isLoaded = false;

/** Prisma's schema engine as WASM; the package is meant for bundlers, so its parts are put together here. */
async function loadEngine(): Promise<void> {
  if (isLoaded) return;
  const require = createRequire(import.meta.url);
  const file = `${require.resolve('@prisma/schema-engine-wasm/schema_engine_bg').replace(/\.js$/, '')}.wasm`;
  const loader = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyLoader;
  const { instance } = await loader.instantiate(await readFile(file), { './schema_engine_bg.js': bindings });
  bindings.__wbg_set_wasm(instance.exports);
  (instance.exports['__wbindgen_start'] as () => void)();
  isLoaded = true;
}

/**
 * What the engine asks on connecting is the server's version. Nothing else is ever asked, because an empty
 * database is compared with a schema: both are known without a database.
 */
const offlineAdapter: SqlDriverAdapter = {
  provider: 'postgres',
  adapterName: 'freehold-check',
  queryRaw: () =>
    Promise.resolve({
      columnNames: ['exists', 'version', 'numeric_version'],
      columnTypes: [ColumnTypeEnum.Boolean, ColumnTypeEnum.Text, ColumnTypeEnum.Int32],
      rows: [[true, 'PostgreSQL 18.0', 180_000]],
    }),
  executeRaw: () => Promise.resolve(0),
  executeScript: () => Promise.resolve(),
  startTransaction: () => Promise.reject(new Error('The check has no database.')),
  dispose: () => Promise.resolve(),
};

const offlineFactory: SqlMigrationAwareDriverAdapterFactory = {
  provider: 'postgres',
  adapterName: 'freehold-check',
  connect: () => Promise.resolve(offlineAdapter),
  connectToShadowDb: () => Promise.resolve(offlineAdapter),
};

/**
 * The tables that a schema.prisma asks for: Prisma's own engine writes the SQL from nothing to the schema, and that
 * SQL is read like any migration. @throws {CheckError} when Prisma refuses the schema.
 */
export async function readExpectedTables(schema: string, file: string): Promise<DatabaseFacts> {
  await loadEngine();
  const files = [{ path: file, content: schema }];
  let script: string;
  try {
    const engine = await bindings.SchemaEngine.new(
      { datamodels: [[file, schema]] },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(offlineFactory),
    );
    const { stdout } = await engine.diff({
      from: { tag: 'empty' },
      to: { tag: 'schemaDatamodel', files },
      script: true,
      exitCode: null,
      filters: { externalTables: [], externalEnums: [] },
    });
    script = stdout ?? '';
  } catch (error) {
    throw new CheckError(
      `${file}: Prisma cannot tell the tables of this schema: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  const facts = createDatabaseFacts();
  const outcome = parseSql(script);
  if (outcome.kind === 'parsed') for (const { node } of outcome.statements) applySql(facts, node);
  return facts;
}
