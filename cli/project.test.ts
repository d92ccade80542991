import path from 'node:path';

import { describe, expect, test } from 'vitest';

import { findSubgraph, loadProject, parseProject, ProjectError } from './project.ts';

const root = path.resolve('/somewhere/shop');
const sound = {
  name: 'shop',
  supergraph: 'supergraph.graphql',
  gateway: { port: 4000 },
  subgraphs: [{ name: 'order-history', database: 'postgres' }],
};

function problemsOf(json: unknown): string {
  try {
    parseProject(JSON.stringify(json), root);
  } catch (error) {
    if (error instanceof ProjectError) return error.message;
    throw error;
  }
  return 'accepted';
}

describe('the project file', () => {
  test('gives every subgraph its files', () => {
    expect(parseProject(JSON.stringify(sound), root).subgraphs).toEqual([
      {
        name: 'order-history',
        database: 'postgres',
        folder: path.join(root, 'subgraphs/order-history'),
        schemaFile: path.join(root, 'subgraphs/order-history/schema.graphql'),
        prismaFolder: path.join(root, 'prisma/order-history'),
      },
    ]);
  });

  test('of this repository is found from here and is sound', async () => {
    const project = await loadProject();
    expect(project.root).toBe(path.resolve(import.meta.dirname, '..'));
    expect(findSubgraph(project, 'accounts').database).toBe('postgres');
  });

  test('lists all problems together', () => {
    const message = problemsOf({
      ...sound,
      gateway: { port: 70_000 },
      colour: 'blue',
      subgraphs: [
        { name: 'Bad_Name', database: 'oracle' },
        { name: 'twin', database: 'mongo' },
        { name: 'twin', database: 'mongo' },
      ],
    });
    expect(message).toContain('gateway.port');
    expect(message).toContain('colour');
    expect(message).toContain('subgraphs[0].name: expected lower-case words');
    expect(message).toContain('subgraphs[0].database');
    expect(message).toContain('subgraphs[2].name: "twin" is already the name of subgraphs[1]');
  });

  test('that is missing or is not JSON is named', async () => {
    await expect(loadProject(root)).rejects.toThrow(`No project in ${root}`);
    expect(() => parseProject('{', root)).toThrow('is not JSON');
  });

  test('knows its services by name', () => {
    const project = parseProject(JSON.stringify(sound), root);
    expect(() => findSubgraph(project, 'orders')).toThrow('expected one of: order-history');
  });
});
