import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { print } from 'graphql';
import { z } from 'zod';

import type { KnownOperation } from '../../checks/operations/known-operation.ts';
import { defaultOperationGlobs, loadOperations } from '../../checks/operations/load-operations.ts';
import type { CommandCaller } from '../sign-in.ts';
import { BudgetError } from './budget-error.ts';

/** A known operation with the variables that it is measured with. */
export interface BudgetOperation {
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Its document, from the project's root. */
  readonly file: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  /** In whose name it is measured; undefined for nobody's. */
  readonly caller: CommandCaller | undefined;
}

const callerShape = z.strictObject({
  user: z.string().min(1).optional(),
  username: z.string().min(1).optional(),
  scopes: z.array(z.string()).optional(),
});

/**
 * Reads the operations under `operations/`, each with the variables of `<document>.variables.json` beside it, and with
 * the caller of `<document>.caller.json`.
 * @throws {BudgetError} listing all documents that cannot be read.
 */
export async function loadBudgetOperations(root: string): Promise<readonly BudgetOperation[]> {
  const files = await readFiles(root);
  const { operations, problems } = loadOperations(files, defaultOperationGlobs);
  if (problems.length > 0)
    throw new BudgetError(
      `Operations cannot be read:\n${problems.map(({ location, message }) => `  ${location.file}:${location.line}: ${message}`).join('\n')}`,
    );
  return pickByName(operations).map(({ name, location, operation, document }) => ({
    name,
    kind: operation.operation,
    file: location.file,
    query: print(document),
    variables: readVariables(files, location.file),
    caller: readCaller(files, location.file),
  }));
}

/** One operation a name. Documents go before manifests, which tell what was published when it was. */
function pickByName(operations: readonly KnownOperation[]): readonly KnownOperation[] {
  const picked = new Map<string, KnownOperation>();
  for (const operation of operations) {
    const known = picked.get(operation.name);
    if (known === undefined || isPublished(known)) picked.set(operation.name, operation);
    if (known === undefined || isPublished(known) !== isPublished(operation)) continue;
    throw new BudgetError(
      `Two operations are named ${operation.name}, in ${known.location.file} and ${operation.location.file}; ` +
        'a budget needs a name that says which.',
    );
  }
  return [...picked.values()];
}

function isPublished({ location }: KnownOperation): boolean {
  return location.file.endsWith('.json');
}

async function readFiles(root: string): Promise<ReadonlyMap<string, string>> {
  const folder = path.join(root, 'operations');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      throw new BudgetError(`Cannot read the operations in ${folder}: ${error.code ?? error.message}.`, {
        cause: error,
      });
    },
  );
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
  const texts = await Promise.all(
    files
      .sort()
      .map(
        async (file) =>
          [path.relative(root, file).replaceAll(path.sep, '/'), await readFile(file, 'utf8')] as const,
      ),
  );
  return new Map(texts);
}

function readVariables(files: ReadonlyMap<string, string>, document: string): Record<string, unknown> {
  const file = document.replace(/\.[^.]+$/, '.variables.json');
  const value = readJson(files, file) ?? {};
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BudgetError(`${file}: expected a JSON object with the variables of ${document}.`);
  return { ...value };
}

function readCaller(files: ReadonlyMap<string, string>, document: string): CommandCaller | undefined {
  const file = document.replace(/\.[^.]+$/, '.caller.json');
  const value = readJson(files, file);
  if (value === undefined) return undefined;
  const parsed = callerShape.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BudgetError(
    `${file}: expected who asks, such as {"user": "user-1", "scopes": ["orders:read:all"]}; found ${JSON.stringify(value)}.`,
  );
}

function readJson(files: ReadonlyMap<string, string>, file: string): unknown {
  const text = files.get(file);
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new BudgetError(`${file} is not JSON: ${error instanceof Error ? error.message : error}.`, {
      cause: error,
    });
  }
}
