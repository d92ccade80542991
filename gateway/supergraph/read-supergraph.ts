import { readFile } from 'node:fs/promises';

import { parseSupergraph, type Supergraph } from './supergraph.ts';
import { SupergraphError } from './supergraph-error.ts';

/** Reads and checks the supergraph in `file`. Rejects with a `SupergraphError` that names the file. */
export async function readSupergraph(file: string): Promise<Supergraph> {
  const sdl = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    const what =
      error.code === 'ENOENT' ? 'does not exist' : `cannot be read (${error.code ?? error.message})`;
    throw new SupergraphError(`The supergraph file ${file} ${what}. "freehold compose" writes one.`);
  });
  return parseSupergraph(sdl, file);
}
