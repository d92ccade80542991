import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { runFreehold } from '../support/run-freehold.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-plan-command-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

const two = 'query A { __typename }\nquery B { __typename }';

test.each([
  [
    '{\n  product(',
    [],
    'The document cannot be read: Syntax Error: Expected Name, found <EOF>. (line 2, column 11)',
  ],
  ['', [], 'The document cannot be read: Syntax Error: Unexpected <EOF>. (line 1, column 1)'],
  [
    '{ nope }',
    [],
    'The operation is not valid: Cannot query field "nope" on type "Query". (line 1, column 3)',
  ],
  [two, [], 'The document has several operations (A, B); name one with --operation.'],
  [two, ['--operation', 'C'], 'The document has no operation named "C"; expected one of: A, B.'],
  [
    'fragment F on Query { __typename }',
    [],
    'The operation is not valid: Fragment "F" is never used. (line 1, column 1)',
  ],
  ['{ __typename }', ['--variables', '[1]'], 'Expected variables as a JSON object, found [1].'],
  ['{ __typename }', ['--variables', '{'], 'Expected variables as a JSON object, found {.'],
])('tells what is wrong with the document %j and %j', async (document, args, message) => {
  const file = path.join(folder, 'operation.graphql');
  await writeFile(file, document);
  expect(await runFreehold(['plan', file, ...args])).toMatchObject({
    code: 1,
    stdout: '',
    stderr: `freehold: ${message}\n`,
  });
});

test('tells that there is no such file', async () => {
  const file = path.join(folder, 'missing.graphql');
  expect(await runFreehold(['plan', file])).toMatchObject({
    code: 1,
    stderr: `freehold: Cannot read the document ${file}: ENOENT.\n`,
  });
});
