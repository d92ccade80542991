import { PrismaPg } from '@prisma/adapter-pg';
import {
  ColumnTypeEnum,
  DriverAdapterError,
  type ColumnType,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlQuery,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils';
import { Pool } from 'pg';

import { createShadowDatabase } from './shadow-database.ts';

/** Runs a migration's script on a connection of its own choice of wording; see {@link SchemaAdapterOptions}. */
export type RunScript = (pool: Pool, script: string) => Promise<void>;

export interface SchemaAdapterOptions {
  readonly ownerUrl: string;
  /** Names our sessions in pg_stat_activity. */
  readonly applicationName: string;
  /** How a script reaches the service's database. */
  readonly runScript: RunScript;
}

/** What the schema engine speaks to the database through. */
export interface SchemaAdapter {
  readonly factory: SqlMigrationAwareDriverAdapterFactory;
  /** Why the last shadow database could not be made: the engine passes on nothing of it. */
  readonly shadowFailure: () => Error | undefined;
  /** Ends all sessions and drops the shadow databases that are left. */
  close(): Promise<void>;
}

/**
 * Prisma's own adapter with three repairs that migrations need:
 * - a script goes to the server whole. The adapter cuts it at every semicolon, also inside functions and
 *   strings, and runs the parts without a transaction;
 * - catalogue columns of type "char" are read, which the adapter refuses;
 * - the shadow database is really another database and is dropped. With a connection string the adapter
 *   connects to the first one again.
 */
export function createSchemaAdapter(options: SchemaAdapterOptions): SchemaAdapter {
  const closers: (() => Promise<void>)[] = [];
  let shadowFailure: Error | undefined;
  const connect = async (url: string, runScript: RunScript): Promise<SqlDriverAdapter> => {
    // One session, because the engine's advisory lock belongs to a session.
    const pool = new Pool({ connectionString: url, max: 1, application_name: options.applicationName });
    pool.on('error', () => undefined);
    const close = once(async () => await pool.end());
    closers.push(close);
    const inner = await new PrismaPg(pool).connect();
    return repair(inner, pool, runScript, close);
  };
  return {
    factory: {
      provider: 'postgres',
      adapterName: '@prisma/adapter-pg',
      connect: async () => await connect(options.ownerUrl, options.runScript),
      connectToShadowDb: async () => {
        const shadow = await createShadowDatabase(options.ownerUrl).catch((error: Error) => {
          shadowFailure = error;
          throw error;
        });
        const drop = once(async () => await shadow.drop());
        closers.unshift(drop);
        const adapter = await connect(shadow.url, runWhole);
        const dispose = adapter.dispose.bind(adapter);
        adapter.dispose = async () => {
          await dispose();
          await drop();
        };
        return adapter;
      },
    },
    shadowFailure: () => shadowFailure,
    async close() {
      for (const close of closers.splice(0).reverse()) await close();
    },
  };
}

/** Sends a script as one query. */
export async function runWhole(pool: Pool, script: string): Promise<void> {
  await pool.query(script);
}

function repair(
  inner: SqlDriverAdapter,
  pool: Pool,
  runScript: RunScript,
  close: () => Promise<void>,
): SqlDriverAdapter {
  const queryRaw = inner.queryRaw.bind(inner);
  inner.queryRaw = async (query) => {
    try {
      return await queryRaw(query);
    } catch (error) {
      const isUnread =
        error instanceof DriverAdapterError && error.cause.kind === 'UnsupportedNativeDataType';
      if (!isUnread) throw error;
      // Only reads of the catalogue have such columns, so asking again changes nothing.
      return await readCatalogue(pool, query);
    }
  };
  inner.executeScript = async (script) => {
    try {
      await runScript(pool, script);
    } catch (error) {
      throw new DriverAdapterError(describeError(error));
    }
  };
  inner.dispose = close;
  return inner;
}

/** By type number of pg_type: those that the catalogue holds. */
const columnTypes: Readonly<Record<number, ColumnType>> = {
  16: ColumnTypeEnum.Boolean,
  18: ColumnTypeEnum.Character,
  19: ColumnTypeEnum.Text,
  20: ColumnTypeEnum.Int64,
  21: ColumnTypeEnum.Int32,
  23: ColumnTypeEnum.Int32,
  25: ColumnTypeEnum.Text,
  26: ColumnTypeEnum.Int64,
  1002: ColumnTypeEnum.CharacterArray,
  1003: ColumnTypeEnum.TextArray,
  1005: ColumnTypeEnum.Int32Array,
  1007: ColumnTypeEnum.Int32Array,
  1009: ColumnTypeEnum.TextArray,
};

async function readCatalogue(pool: Pool, query: SqlQuery): Promise<SqlResultSet> {
  const { fields, rows } = await pool.query<unknown[]>({
    text: query.sql,
    values: query.args,
    rowMode: 'array',
  });
  return {
    columnNames: fields.map((field) => field.name),
    columnTypes: fields.map((field) => {
      const type = columnTypes[field.dataTypeID];
      if (type !== undefined) return type;
      throw new DriverAdapterError({
        kind: 'UnsupportedNativeDataType',
        type: `${field.name}, type number ${field.dataTypeID}`,
      });
    }),
    rows,
  };
}

function describeError(error: unknown): DriverAdapterError['cause'] {
  const read = (name: string): string | undefined => {
    const value: unknown = error instanceof Error ? Reflect.get(error, name) : undefined;
    return typeof value === 'string' ? value : undefined;
  };
  return {
    kind: 'postgres',
    code: read('code') ?? 'N/A',
    severity: read('severity') ?? 'ERROR',
    message: read('message') ?? String(error),
    detail: read('detail'),
    column: read('column'),
    hint: read('hint'),
  };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return async () => await (running ??= action());
}
