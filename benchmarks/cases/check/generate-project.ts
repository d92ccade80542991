import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';

export interface ProjectSize {
  readonly subgraphs: number;
  /** Types of each subgraph, its own Query aside. */
  readonly typesPerSubgraph: number;
  readonly operations: number;
}

/**
 * Writes a project of that size. With `isChanged`, one subgraph in ten differs: a field that operations use is gone,
 * another may be null now, and a type has a new field, so that most judgements have work.
 */
export async function generateProject(root: string, size: ProjectSize, isChanged: boolean): Promise<void> {
  const names = Array.from({ length: size.subgraphs }, (_, index) => `service-${index}`);
  await write(root, 'freehold.json', printProject(names));
  for (const [index, name] of names.entries())
    await write(
      root,
      `subgraphs/${name}/schema.graphql`,
      printSchema(index, size, isChanged && index % 10 === 0),
    );
  for (let index = 0; index < size.operations; index += 1)
    await write(
      root,
      `operations/client-${index % 7}/operation-${index}.graphql`,
      printOperation(index, size),
    );
}

async function write(root: string, file: string, text: string): Promise<void> {
  await mkdir(path.dirname(path.join(root, file)), { recursive: true });
  await writeFile(path.join(root, file), text);
}

function printProject(names: readonly string[]): string {
  return JSON.stringify({
    name: 'large',
    supergraph: 'supergraph.graphql',
    gateway: { port: 4000 },
    subgraphs: names.map((name) => ({ name })),
  });
}

/**
 * Types stand in groups of five: an entity that Query answers, and four that it leads to. The last of a group points
 * back to the entity, and each type to the first entity of the next subgraph.
 */
function printSchema(subgraph: number, size: ProjectSize, isChanged: boolean): string {
  const next = (subgraph + 1) % size.subgraphs;
  const types = Array.from({ length: size.typesPerSubgraph - 1 }, (_, index) => {
    const name = typeName(subgraph, index);
    const key = index % 5 === 0 ? ' @key(fields: "id")' : '';
    const isLast = index % 5 === 4 || index === size.typesPerSubgraph - 2;
    const following = typeName(subgraph, isLast ? index - (index % 5) : index + 1);
    const isEdited = isChanged && index === 1;
    return `"Type ${index} of subgraph ${subgraph}."
type ${name}${key} {
  id: ID!
  name: String${isEdited ? '' : '!'}
${isEdited ? '  added: Int' : '  size: Int'}
  note(language: String = "en"): String
  next: ${following}
  elsewhere: ${typeName(next, 0)}
}`;
  });
  const roots = Array.from(
    { length: Math.ceil((size.typesPerSubgraph - 1) / 5) },
    (_, group) =>
      `  "One object of group ${group}."\n  ${fieldName(subgraph, group)}(id: ID!): ${typeName(subgraph, group * 5)}`,
  );
  return `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])

type Query {
${roots.join('\n')}
}

"The first type of the next subgraph."
type ${typeName(next, 0)} @key(fields: "id", resolvable: false) {
  id: ID!
}

${types.join('\n\n')}
`;
}

function printOperation(index: number, size: ProjectSize): string {
  const subgraph = index % size.subgraphs;
  const depth = 2 + (index % 4);
  let inner = '{ id name elsewhere { id name } }';
  for (let level = 0; level < depth; level += 1) inner = `{ id name size next ${inner} }`;
  return `query Operation${index}($id: ID!) {\n  ${fieldName(subgraph, Math.floor(index / size.subgraphs) % 19)}(id: $id) ${inner}\n}\n`;
}

function typeName(subgraph: number, index: number): string {
  return `S${subgraph}Type${index}`;
}

function fieldName(subgraph: number, group: number): string {
  return `s${subgraph}Group${group}`;
}
