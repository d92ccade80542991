import { readFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';

import { ExplainError } from './explain-error.ts';

/** The text of a GraphQL document; "-" reads standard input. @throws {ExplainError} */
export async function readDocument(file: string): Promise<string> {
  if (file === '-') return text(process.stdin);
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ExplainError(`Cannot read the document ${file}: ${error.code ?? error.message}.`, {
      cause: error,
    });
  });
}
