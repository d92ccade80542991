import { z } from 'zod';

import { CheckError } from '../check-error.ts';
import type { FileTree } from '../files/file-tree.ts';
import { printProblems } from './print-problems.ts';
import { indexSchema, type SchemaIndex } from './schema-index.ts';

export type DatabaseKind = 'postgres' | 'mongo';

/** One side of the comparison: a project as its files tell it. Nothing is run. */
export interface Snapshot {
  readonly label: string;
  readonly files: ReadonlyMap<string, string>;
  readonly subgraphs: readonly SubgraphSnapshot[];
  /** Path of the composed supergraph, relative to the root. */
  readonly supergraphFile: string;
  /** The composed supergraph as it is committed; undefined when there is none. */
  readonly supergraphSdl: string | undefined;
  /** Where each coordinate of the subgraphs' schemas stands. */
  readonly index: SchemaIndex;
}

/** One service. */
export interface SubgraphSnapshot {
  readonly name: string;
  readonly url: string;
  readonly database: DatabaseKind | undefined;
  readonly schemaFile: string;
  readonly sdl: string;
}

// Only what the check needs: the command line's own reader refuses unknown keys, and here an older commit's file
// has to stay readable.
const projectShape = z.object({
  supergraph: z.string().min(1).default('supergraph.graphql'),
  subgraphUrl: z.string().default('http://{name}:4001/graphql'),
  subgraphs: z
    .array(z.object({ name: z.string().min(1), database: z.enum(['postgres', 'mongo']).optional() }))
    .min(1),
});

/** Reads a project from its files; @throws {CheckError} when freehold.json or a schema file is missing or bad. */
export function loadSnapshot(tree: FileTree): Snapshot {
  const project = parseProject(tree);
  const subgraphs = project.subgraphs.map(({ name, database }) => {
    const schemaFile = `subgraphs/${name}/schema.graphql`;
    const sdl = tree.files.get(schemaFile);
    if (sdl === undefined)
      throw new CheckError(
        `${tree.label}: freehold.json names the subgraph ${JSON.stringify(name)}, but there is no ${schemaFile}.`,
      );
    return { name, database, schemaFile, sdl, url: project.subgraphUrl.replaceAll('{name}', name) };
  });
  const supergraphFile = project.supergraph.replace(/^\.\//, '');
  return {
    label: tree.label,
    files: tree.files,
    subgraphs,
    supergraphFile,
    supergraphSdl: tree.files.get(supergraphFile),
    index: indexSchema(subgraphs),
  };
}

function parseProject(tree: FileTree): z.infer<typeof projectShape> {
  const text = tree.files.get('freehold.json');
  if (text === undefined)
    throw new CheckError(
      `${tree.label}: there is no freehold.json. Run the check in a project's root folder.`,
    );
  const parsed = projectShape.safeParse(parseJson(text, `${tree.label}: freehold.json`));
  if (!parsed.success)
    throw new CheckError(
      `${tree.label}: freehold.json cannot be used:\n${printProblems(parsed.error.issues)}`,
    );
  return parsed.data;
}

/** @throws {CheckError} naming the file when the text is not JSON. */
export function parseJson(text: string, name: string): unknown {
  try {
    // Some editors on Windows begin a file with a byte order mark.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new CheckError(`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}.`, {
      cause: error,
    });
  }
}
