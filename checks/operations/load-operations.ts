import {
  GraphQLError,
  Kind,
  parse,
  Source,
  visit,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';
import { z } from 'zod';

import { compileGlob } from '../files/glob.ts';
import type { SourceLocation } from '../finding.ts';
import {
  printOperation,
  type KnownOperation,
  type OperationProblem,
  type OperationSet,
} from './known-operation.ts';

/** Where operations are looked for when nobody says. */
export const defaultOperationGlobs: readonly string[] = ['operations/**/*.{graphql,gql,json}'];

interface LoadedDocument {
  readonly document: DocumentNode;
  readonly file: string;
  /** Where the document begins in the file: a manifest holds many documents, each on its own line. */
  readonly firstLine: number;
  readonly clients: readonly string[];
  /** The manifest's name for it, when the document has none. */
  readonly name: string | undefined;
}

/**
 * Reads the operations that the globs find: GraphQL documents, Apollo's persisted query manifest, and maps from
 * hash to document (Relay's persisted queries). Other JSON files, such as budgets or usage, are passed over.
 */
export function loadOperations(files: ReadonlyMap<string, string>, globs: readonly string[]): OperationSet {
  const tests = globs.map(compileGlob);
  const loaded: LoadedDocument[] = [];
  const problems: OperationProblem[] = [];
  for (const [file, text] of files) {
    if (!tests.some((test) => test(file)) || isBlank(file, text)) continue;
    try {
      if (file.endsWith('.json')) loaded.push(...readManifest(file, text, problems));
      else loaded.push(readDocument(file, text, 1, clientsOf(file, text), undefined));
    } catch (error) {
      problems.push(describeProblem(file, 1, error));
    }
  }
  return { operations: removeTwins(collectOperations(loaded, problems)), problems };
}

/** A document of blanks and comments holds no operation, which is no mistake: one that is not written yet. */
function isBlank(file: string, text: string): boolean {
  return !file.endsWith('.json') && /^[\s,\uFEFF]*$/.test(text.replaceAll(/#.*/g, ''));
}

function readDocument(
  file: string,
  text: string,
  firstLine: number,
  clients: readonly string[],
  name: string | undefined,
): LoadedDocument {
  return { document: parse(new Source(text, file)), file, firstLine, clients, name };
}

/** `# client: web, ios` in a document's head, else the folder under `operations/`. */
function clientsOf(file: string, text: string): string[] {
  const comment = /^(?:\s*#[^\n]*\n)*?\s*#\s*clients?:\s*([^\n]+)/.exec(text)?.[1];
  if (comment !== undefined)
    return comment
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
  const [top, folder, ...rest] = file.split('/');
  return top === 'operations' && folder !== undefined && rest.length > 0 ? [folder] : [];
}

const apolloManifest = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  operations: z.array(
    z.object({ name: z.string().optional(), body: z.string(), clientName: z.string().nullish() }),
  ),
});
const documentMap = z.record(z.string(), z.string());

function readManifest(file: string, text: string, problems: OperationProblem[]): LoadedDocument[] {
  const json: unknown = JSON.parse(text);
  const entries = listManifestEntries(json);
  return entries.flatMap(({ body, name, client }) => {
    const firstLine = findLine(text, JSON.stringify(body).slice(1, 60));
    const clients = client === undefined ? clientsOf(file, body) : [client];
    try {
      return [readDocument(file, body, firstLine, clients, name)];
    } catch (error) {
      problems.push(describeProblem(file, firstLine, error));
      return [];
    }
  });
}

function listManifestEntries(
  json: unknown,
): { body: string; name: string | undefined; client: string | undefined }[] {
  const manifest = apolloManifest.safeParse(json);
  if (manifest.success)
    return manifest.data.operations.map(({ body, name, clientName }) => ({
      body,
      name,
      client: clientName ?? undefined,
    }));
  const map = documentMap.safeParse(json);
  if (!map.success) return [];
  return Object.entries(map.data)
    .filter(([, body]) => /^\s*(#|query\b|mutation\b|subscription\b|fragment\b|\{)/.test(body))
    .map(([, body]) => ({ body, name: undefined, client: undefined }));
}

function findLine(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? 1 : text.slice(0, at).split('\n').length;
}

function describeProblem(file: string, firstLine: number, error: unknown): OperationProblem {
  const line = error instanceof GraphQLError ? (error.locations?.[0]?.line ?? 1) : 1;
  return {
    location: { file, line: firstLine + (file.endsWith('.json') ? 0 : line - 1) },
    message: error instanceof Error ? error.message : String(error),
  };
}

/** Fragments may stand in another file; one of the same file wins over one of the same name elsewhere. */
function collectOperations(
  loaded: readonly LoadedDocument[],
  problems: OperationProblem[],
): KnownOperation[] {
  const everywhere = new Map<string, FragmentDefinitionNode>();
  for (const { document } of loaded)
    for (const [name, fragment] of fragmentsOf(document))
      if (!everywhere.has(name)) everywhere.set(name, fragment);
  return loaded.flatMap((entry) => {
    const own = fragmentsOf(entry.document);
    const findFragment = (name: string) => own.get(name) ?? everywhere.get(name);
    const operations = entry.document.definitions.filter(
      (definition) => definition.kind === Kind.OPERATION_DEFINITION,
    );
    return operations.map((operation) => {
      const location = locateOperation(entry, operation);
      const { fragments, missing } = gatherFragments(operation, findFragment);
      for (const name of missing)
        problems.push({ location, message: `Fragment "${name}" stands in no known document.` });
      return {
        name: operation.name?.value ?? entry.name ?? `(unnamed in ${location.file}:${location.line})`,
        location,
        clients: entry.clients,
        operation,
        document: { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] },
      };
    });
  });
}

function locateOperation(entry: LoadedDocument, operation: OperationDefinitionNode): SourceLocation {
  if (entry.file.endsWith('.json')) return { file: entry.file, line: entry.firstLine };
  return { file: entry.file, line: operation.loc?.startToken.line ?? 1 };
}

function fragmentsOf(document: DocumentNode): Map<string, FragmentDefinitionNode> {
  return new Map(
    document.definitions
      .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
      .map((fragment) => [fragment.name.value, fragment]),
  );
}

function gatherFragments(
  operation: OperationDefinitionNode,
  findFragment: (name: string) => FragmentDefinitionNode | undefined,
): { fragments: FragmentDefinitionNode[]; missing: string[] } {
  const found = new Map<string, FragmentDefinitionNode>();
  const missing = new Set<string>();
  const search = (node: OperationDefinitionNode | FragmentDefinitionNode) => {
    visit(node, {
      FragmentSpread: ({ name: { value: name } }) => {
        if (found.has(name) || missing.has(name)) return;
        const fragment = findFragment(name);
        if (fragment === undefined) missing.add(name);
        else {
          found.set(name, fragment);
          search(fragment);
        }
      },
    });
  };
  search(operation);
  return { fragments: [...found.values()], missing: [...missing] };
}

/** A published manifest repeats the documents beside it: one operation is one entry, and the document wins. */
function removeTwins(operations: readonly KnownOperation[]): KnownOperation[] {
  const documents = new Map<string, KnownOperation>();
  const ordered = [...operations].sort((a, b) => rankSource(a) - rankSource(b));
  for (const operation of ordered) {
    const key = printOperation(operation);
    const known = documents.get(key);
    if (known === undefined) documents.set(key, operation);
    else documents.set(key, { ...known, clients: [...new Set([...known.clients, ...operation.clients])] });
  }
  return [...documents.values()];
}

function rankSource(operation: KnownOperation): number {
  return operation.location.file.endsWith('.json') ? 1 : 0;
}
