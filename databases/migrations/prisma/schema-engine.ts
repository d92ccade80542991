import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';

import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg';

import { createSchemaAdapter, type SchemaAdapterOptions } from './schema-adapter.ts';

export type SchemaEngine = bindings.SchemaEngine;

export interface EngineOptions extends SchemaAdapterOptions {
  /** The text of schema.prisma. */
  readonly schema: string;
}

/** The engine stopped at a broken assumption of its own. Its memory is not to be used any more. */
class EnginePanic extends Error {
  override readonly name = 'EnginePanic';
}

let loaded: Promise<void> | undefined;
let panic: string | undefined;

/**
 * Prisma's schema engine, the one that `prisma migrate` runs, as WebAssembly. Always this build and never the
 * binary: npm brings it, the lock file pins it to the engine commit of our Prisma version, and nothing is
 * downloaded when a database is migrated.
 */
export async function withSchemaEngine<T>(
  options: EngineOptions,
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await (loaded ??= loadEngine());
  const adapter = createSchemaAdapter(options);
  const work = async (): Promise<T> => {
    const engine = await bindings.SchemaEngine.new(
      { datamodels: [['schema.prisma', options.schema]] },
      () => undefined,
      bindMigrationAwareSqlAdapterFactory(adapter.factory),
    );
    return await use(engine);
  };
  try {
    return await work();
  } catch (error) {
    if (panic === undefined) throw adapter.shadowFailure() ?? error;
    const message = panic;
    panic = undefined;
    loaded = undefined;
    throw new EnginePanic(`Prisma's schema engine failed: ${message}`, { cause: error });
  } finally {
    await adapter.close();
  }
}

/** What is used of the global of that name, which neither the ES library nor Node's types declare as a value. */
interface WebAssemblyLoader {
  instantiate(
    code: Uint8Array,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>;
}

async function loadEngine(): Promise<void> {
  // The engine reports a panic to this global before it traps.
  Object.assign(globalThis, {
    PRISMA_WASM_PANIC_REGISTRY: {
      set_message(message: string) {
        panic = message;
      },
    },
  });
  const { WebAssembly: wasm } = globalThis as unknown as { WebAssembly: WebAssemblyLoader };
  const name = '@prisma/schema-engine-wasm/schema_engine_bg';
  const folder = path.dirname(createRequire(import.meta.url).resolve(name));
  const code = await readFile(path.join(folder, 'schema_engine_bg.wasm'));
  const { instance } = await wasm.instantiate(code, { './schema_engine_bg.js': listImports() });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports['__wbindgen_start'];
  if (typeof start !== 'function') throw new Error(`${name} has no __wbindgen_start`);
  start();
}

/**
 * The engine bounds its wait for a lock by a timer of 10 s and never clears it. That timer must not keep the
 * process from ending.
 */
function listImports(): Record<string, unknown> {
  const entries = Object.entries<unknown>({ ...bindings }).map(([name, value]): [string, unknown] => {
    if (!name.startsWith('__wbg_setTimeout_') || typeof value !== 'function') return [name, value];
    const setUnreferenced = (...parameters: unknown[]): unknown => {
      const timer: unknown = Reflect.apply(value, undefined, parameters);
      if (timer instanceof Object && 'unref' in timer && typeof timer.unref === 'function') timer.unref();
      return timer;
    };
    return [name, setUnreferenced];
  });
  return Object.fromEntries(entries);
}
