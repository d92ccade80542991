import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { composeSupergraph, type CompositionOutcome } from '../gateway/supergraph/compose-supergraph.ts';
import { ProjectError, type Project } from './project.ts';

/** Composes the supergraph from the services' schema files; nothing is started. */
export async function composeProject(project: Project): Promise<CompositionOutcome> {
  const sources = await Promise.all(
    project.subgraphs.map(async ({ name, schemaFile }) => ({
      name,
      url: project.subgraphUrl.replaceAll('{name}', name),
      sdl: await readSchema(name, schemaFile),
      file: path.relative(project.root, schemaFile),
    })),
  );
  return composeSupergraph(sources);
}

function readSchema(name: string, file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ProjectError(
      `The schema of subgraph ${JSON.stringify(name)} cannot be read from ${file}: ${error.code ?? error.message}.`,
    );
  });
}
