import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';

import { print } from 'graphql';

import { defaultOperationGlobs, loadOperations } from '../../checks/operations/load-operations.ts';
import { BudgetError } from './budget-error.ts';

/** A known operation with the variables that it is measured with. */
export interface BudgetOperation {
  readonly name: string;
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** Its document, from the project's root. */
  readonly file: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Reads the operations under `operations/`, each with the variables of `<document>.variables.json` beside it.
 * @throws {BudgetError} listing all documents that cannot be read.
 */
export async function loadBudgetOperations(root: string): Promise<readonly BudgetOperation[]> {
  const files = await readFiles(root);
  const { operations, problems } = loadOperations(files, defaultOperationGlobs);
  if (problems.length > 0)
    throw new BudgetError(
      `Operations cannot be read:\n${problems.map(({ location, message }) => `  ${location.file}:${location.line}: ${message}`).join('\n')}`,
    );
  const names = operations.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new BudgetError(`Two operations are named ${twice}; a budget needs a name that says which.`);
  return operations.map(({ name, location, operation, document }) => ({
    name,
    kind: operation.operation,
    file: location.file,
    query: print(document),
    variables: readVariables(files, location.file),
  }));
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
  const text = files.get(file);
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new BudgetError(`${file} is not JSON: ${error instanceof Error ? error.message : error}.`, {
      cause: error,
    });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new BudgetError(`${file}: expected a JSON object with the variables of ${document}.`);
  return { ...value };
}
