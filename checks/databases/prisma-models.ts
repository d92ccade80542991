import { createRequire } from 'node:module';

import { CheckError } from '../check-error.ts';
import type { SourceLocation } from '../finding.ts';

/** A model of schema.prisma and the table behind it. */
export interface PrismaModel {
  readonly name: string;
  readonly table: string;
  readonly location: SourceLocation;
  readonly fields: readonly PrismaField[];
}

/** A field that is a column; relations are none. */
export interface PrismaField {
  readonly name: string;
  readonly column: string;
  readonly isRequired: boolean;
  /** Whether Prisma leaves the value to the database: autoincrement() and dbgenerated(). */
  readonly isFilledByDatabase: boolean;
  readonly location: SourceLocation;
}

// Prisma's own description of a schema, as far as it is needed here (DMMF).
interface DatamodelDescription {
  readonly datamodel: {
    readonly models: readonly {
      readonly name: string;
      readonly dbName: string | null;
      readonly fields: readonly {
        readonly name: string;
        readonly dbName?: string | null;
        readonly kind: string;
        readonly isRequired: boolean;
        readonly default?: unknown;
      }[];
    }[];
  };
}

// The package is CommonJS with WASM beside it; loading it takes 10 ms, so only a project with Prisma pays.
const require = createRequire(import.meta.url);
let parser: { get_dmmf(params: string): string } | undefined;

const cache = new Map<string, readonly PrismaModel[]>();

/** Reads the models with Prisma's own parser; @throws {CheckError} when the schema is bad. */
export function parsePrismaModels(text: string, file: string): readonly PrismaModel[] {
  const known = cache.get(`${file}\0${text}`);
  if (known !== undefined) return known;
  parser ??= require('@prisma/prisma-schema-wasm') as typeof parser;
  let description: DatamodelDescription;
  try {
    const params = JSON.stringify({ prismaSchema: [[file, text]] });
    description = JSON.parse(parser?.get_dmmf(params) ?? '') as DatamodelDescription;
  } catch (error) {
    throw new CheckError(`${file} cannot be read by Prisma: ${printPrismaError(error)}`, { cause: error });
  }
  const lines = text.split('\n');
  const models = description.datamodel.models.map((model) => {
    const start = lines.findIndex((line) => new RegExp(`^\\s*model\\s+${model.name}\\s*\\{`).test(line));
    return {
      name: model.name,
      table: model.dbName ?? model.name,
      location: { file, line: start + 1 },
      fields: model.fields
        .filter((field) => field.kind !== 'object')
        .map((field) => ({
          name: field.name,
          column: field.dbName ?? field.name,
          isRequired: field.isRequired,
          isFilledByDatabase: isLeftToDatabase(field.default),
          location: { file, line: findFieldLine(lines, start, field.name) },
        })),
    };
  });
  cache.set(`${file}\0${text}`, models);
  return models;
}

function isLeftToDatabase(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('name' in value)) return false;
  return value.name === 'autoincrement' || value.name === 'dbgenerated';
}

function findFieldLine(lines: readonly string[], start: number, name: string): number {
  const pattern = new RegExp(`^\\s*${name}\\s`);
  const at = lines.findIndex((line, index) => index > start && pattern.test(line));
  return (at < 0 ? start : at) + 1;
}

/** Prisma's parser throws JSON with colours for a terminal in it. */
function printPrismaError(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  try {
    const { message } = JSON.parse(text) as { message?: string };
    // eslint-disable-next-line no-control-regex -- these control characters are what is to be removed
    return (message ?? text).replaceAll(/\u001B\[[0-9;]*m/g, '');
  } catch {
    return text;
  }
}
