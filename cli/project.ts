import { readFile } from 'node:fs/promises';
import path from 'node:path';

import { z } from 'zod';

import type { DatabaseKind } from '../databases/database.ts';
import { findProjectRoot } from '../gateway/project-root.ts';

/** What freehold.json says, checked, with every path absolute. */
export interface Project {
  /** The folder that holds freehold.json. */
  readonly root: string;
  readonly name: string;
  /** The composed supergraph file. */
  readonly supergraphFile: string;
  /** Where a deployed subgraph is found: a URL with `{name}` in it, written into the composed supergraph. */
  readonly subgraphUrl: string;
  readonly gateway: { readonly port: number };
  /** Whom development tokens are for when nobody is named: a user of the sample data. */
  readonly developmentUser: DevelopmentUser | undefined;
  readonly subgraphs: readonly ProjectSubgraph[];
}

/** A user of the sample data. */
export interface DevelopmentUser {
  readonly id: string;
  readonly username: string;
}

/** One service of the project. */
export interface ProjectSubgraph {
  readonly name: string;
  readonly database: DatabaseKind;
  /** `subgraphs/<name>` */
  readonly folder: string;
  /** `subgraphs/<name>/schema.graphql` */
  readonly schemaFile: string;
  /** `prisma/<name>`: declared state and migrations of its database. */
  readonly prismaFolder: string;
}

/** A project file that cannot be used. The message lists every problem. */
export class ProjectError extends Error {
  override readonly name = 'ProjectError';
}

const fileName = 'freehold.json';

// A name becomes a role, a database, a folder and a variable (`ORDER_HISTORY_DATABASE_URL` for
// `order-history`), so it may hold only what all of them allow. PostgreSQL cuts identifiers at 63 bytes.
const nameText = z
  .string()
  .max(40, 'expected at most 40 characters')
  .regex(
    /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/,
    'expected lower-case words of letters and digits joined by "-", beginning with a letter',
  );

const projectShape = z.strictObject({
  name: nameText,
  supergraph: z.string().min(1),
  subgraphUrl: z
    .string()
    .regex(/^https?:\/\/.*\{name\}/, 'expected a URL that has "{name}" in it')
    .default('http://{name}:4001/graphql'),
  gateway: z.strictObject({ port: z.int().min(0).max(65_535) }),
  developmentUser: z.strictObject({ id: z.string().min(1), username: z.string().min(1) }).optional(),
  subgraphs: z
    .array(z.strictObject({ name: nameText, database: z.enum(['postgres', 'mongo']) }))
    .min(1, 'expected at least one subgraph'),
});

// Apart from the shape, because zod looks for nothing further in a value that has a fault already.
const namedSubgraphs = z.object({ subgraphs: z.array(z.object({ name: z.string() }).catch({ name: '' })) });

function listDuplicates(json: unknown): string[] {
  const names = namedSubgraphs.safeParse(json).data?.subgraphs.map(({ name }) => name) ?? [];
  return names.flatMap((name, index) => {
    const first = names.indexOf(name);
    return first === index || name === ''
      ? []
      : [`subgraphs[${index}].name: ${JSON.stringify(name)} is already the name of subgraphs[${first}]`];
  });
}

/**
 * Reads `<folder>/freehold.json`. Without a folder it is the package this module belongs to, be it run from
 * source or from dist/.
 *
 * @throws {ProjectError} listing all problems together.
 */
export async function loadProject(folder: string = findProjectRoot()): Promise<Project> {
  const root = path.resolve(folder);
  const file = path.join(root, fileName);
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ProjectError(
      error.code === 'ENOENT'
        ? `No project in ${root}: expected a file named ${fileName}.`
        : `Cannot read ${file}: ${error.message}.`,
      { cause: error },
    );
  });
  return parseProject(text, root);
}

/** Checks the text of a freehold.json that stands in `root`; @throws {ProjectError} */
export function parseProject(text: string, root: string): Project {
  const file = path.join(root, fileName);
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new ProjectError(`${file} is not JSON: ${error instanceof Error ? error.message : error}.`, {
      cause: error,
    });
  }
  const parsed = projectShape.safeParse(json);
  const problems = [
    ...(parsed.error?.issues ?? []).map((issue) => `${printPath(issue.path)}: ${issue.message}`),
    ...listDuplicates(json),
  ];
  if (!parsed.success || problems.length > 0)
    throw new ProjectError(`${file} cannot be used:\n${problems.map((line) => `  ${line}`).join('\n')}`);
  const { name, supergraph, subgraphUrl, gateway, developmentUser, subgraphs } = parsed.data;
  return {
    root,
    name,
    supergraphFile: path.resolve(root, supergraph),
    subgraphUrl,
    gateway,
    developmentUser,
    subgraphs: subgraphs.map((subgraph) => ({
      name: subgraph.name,
      database: subgraph.database,
      folder: path.join(root, 'subgraphs', subgraph.name),
      schemaFile: path.join(root, 'subgraphs', subgraph.name, 'schema.graphql'),
      prismaFolder: path.join(root, 'prisma', subgraph.name),
    })),
  };
}

/** The subgraph of that name; @throws {ProjectError} naming those that exist. */
export function findSubgraph(project: Project, name: string): ProjectSubgraph {
  const found = project.subgraphs.find((subgraph) => subgraph.name === name);
  if (found) return found;
  const known = project.subgraphs.map((subgraph) => subgraph.name).join(', ');
  throw new ProjectError(`No service is named ${JSON.stringify(name)}; expected one of: ${known}.`);
}

function printPath(segments: readonly PropertyKey[]): string {
  const text = segments
    .map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${String(segment)}`))
    .join('');
  return text === '' ? '(the whole file)' : text.replace(/^\./, '');
}
