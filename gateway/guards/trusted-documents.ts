import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';

import type { Logger } from 'pino';
import { z } from 'zod';

import { ConfigError, type GatewayConfig } from '../config/gateway-config.ts';
import { RequestError } from '../errors.ts';
import type { OperationBody } from './operation-body.ts';

/** The manifest that Apollo's generate-persisted-query-manifest writes; other keys of an operation are ignored. */
const manifestSchema = z.object({
  format: z.literal('apollo-persisted-query-manifest'),
  version: z.literal(1),
  operations: z.array(z.object({ id: z.string().min(1), body: z.string().min(1) })),
});

/** Puts a trusted document in the place of its id, and judges documents that came as text. */
export interface TrustedDocuments {
  /**
   * The operation with its text filled in by id. Throws QUERY_NOT_IN_SAFELIST or PERSISTED_QUERY_NOT_IN_LIST in the
   * mode `enforce`; in the mode `log` it logs instead.
   */
  resolve(operation: OperationBody): OperationBody;
}

export type TrustedDocumentOptions = Pick<
  GatewayConfig,
  'trustedDocuments' | 'trustedDocumentsFile' | 'automaticPersistedQueries'
>;

/** Reads the manifest. Rejects with a `ConfigError` that names the file; undefined when the guard is off. */
export async function loadTrustedDocuments(
  options: TrustedDocumentOptions,
  log: Logger,
): Promise<TrustedDocuments | undefined> {
  const { trustedDocuments: mode, trustedDocumentsFile: file } = options;
  if (mode === 'off' || file === undefined) return undefined;
  const bodies = await readManifest(file);
  const texts = new Set(bodies.values());
  const mayRegister = mode === 'log' && options.automaticPersistedQueries;
  return { resolve: (operation) => resolveDocument(operation, { bodies, texts, mode, mayRegister, log }) };
}

interface Manifest {
  readonly bodies: ReadonlyMap<string, string>;
  readonly texts: ReadonlySet<string>;
  readonly mode: 'log' | 'enforce';
  /** Whether a document may be registered automatically, by its hash beside its text. */
  readonly mayRegister: boolean;
  readonly log: Logger;
}

function resolveDocument(operation: OperationBody, manifest: Manifest): OperationBody {
  const { bodies, texts, mode, mayRegister, log } = manifest;
  const { query, documentId } = operation;
  // A text beside an id is Apollo's automatic registration: it is judged as a text.
  if (query === undefined) {
    if (documentId === undefined) return operation;
    const body = bodies.get(documentId);
    if (body !== undefined) return operation.withQuery(body);
    // In the mode `log` the id may be one that was registered automatically.
    if (mode === 'log') return operation;
    throw new RequestError('PERSISTED_QUERY_NOT_IN_LIST', 'No trusted document has this id.');
  }
  const text = query.trim();
  // Without its hash, a client that registers a document would have to do so each time.
  if (texts.has(text))
    return mayRegister && documentId === hashDocument(query) ? operation : operation.withQuery(text);
  if (mode === 'enforce') {
    throw new RequestError('QUERY_NOT_IN_SAFELIST', 'Only documents of the manifest are answered here.');
  }
  log.warn({ query: text.slice(0, 1000) }, 'a document is not in the manifest of trusted documents');
  return operation;
}

function hashDocument(query: string): string {
  return createHash('sha256').update(query).digest('hex');
}

async function readManifest(file: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError(`The manifest ${file} cannot be read (${error.code ?? error.message}).`);
  });
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ConfigError(`The manifest ${file} is not JSON.`);
  }
  const manifest = manifestSchema.safeParse(parsed);
  if (!manifest.success) {
    const [issue] = manifest.error.issues;
    throw new ConfigError(
      `The manifest ${file} is not an apollo-persisted-query-manifest of version 1: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  return new Map(manifest.data.operations.map(({ id, body }) => [id, body.trim()]));
}
