import { createHash } from 'node:crypto';

import { print } from 'graphql';

import { composeSnapshot } from '../composition/compose-snapshot.ts';
import type { FileTree } from '../files/file-tree.ts';
import type { KnownOperation } from '../operations/known-operation.ts';
import { loadOperations } from '../operations/load-operations.ts';
import { loadSnapshot } from '../project/snapshot.ts';
import { printProblems } from '../../gateway/supergraph/compose-supergraph.ts';
import { CheckError } from '../check-error.ts';

/** Where the documents that clients send are published, for the gateway's trusted documents. */
export const manifestFile = 'operations/manifest.json';

/** One file of the registry, which is the repository. */
export interface PublishedFile {
  readonly file: string;
  readonly text: string;
  /** For people, such as `5 subgraphs`. */
  readonly summary: string;
  readonly isChanged: boolean;
}

/**
 * What the registry has to hold for these files: the composed supergraph and the manifest of operations. The same
 * files give the same text, byte for byte. @throws {CheckError} when the subgraphs do not compose.
 */
export function buildPublication(tree: FileTree, operationGlobs: readonly string[]): PublishedFile[] {
  const snapshot = loadSnapshot(tree);
  const outcome = composeSnapshot(snapshot);
  if (outcome.kind === 'failed')
    throw new CheckError(`The subgraphs do not compose:\n${printProblems(outcome.errors)}`);
  const { operations } = loadOperations(tree.files, operationGlobs);
  // The manifest itself is what is written here; it is no source of its own.
  const documents = operations.filter(({ location }) => location.file !== manifestFile);
  const files = [
    {
      file: snapshot.supergraphFile,
      text: `${outcome.supergraphSdl.trim()}\n`,
      summary: `${snapshot.subgraphs.length} subgraphs`,
    },
    { file: manifestFile, text: printManifest(documents), summary: `${documents.length} operations` },
  ];
  return files
    .filter(({ file }) => file !== manifestFile || documents.length > 0 || tree.files.has(file))
    .map((entry) => ({ ...entry, isChanged: tree.files.get(entry.file) !== entry.text }));
}

/** Apollo's persisted query manifest, version 1: what clients' tools write and the gateway's guard reads. */
function printManifest(operations: readonly KnownOperation[]): string {
  const entries = operations.map(({ name, operation, document, clients }) => {
    const body = print(document);
    return {
      id: createHash('sha256').update(body).digest('hex'),
      name,
      type: operation.operation,
      ...(clients.length === 1 ? { clientName: clients[0] } : {}),
      body,
    };
  });
  entries.sort((a, b) => (a.name === b.name ? compare(a.id, b.id) : compare(a.name, b.name)));
  const manifest = { format: 'apollo-persisted-query-manifest', version: 1, operations: entries };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
