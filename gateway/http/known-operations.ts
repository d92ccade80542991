import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { BoundedCache } from '../planning/bounded-cache.ts';

/** An operation that the server has parsed, and validated against `schema`. */
export interface KnownOperation {
  readonly schema: GraphQLSchema;
  readonly source: string;
  readonly queryHash: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
}

/** The headers of an answer, by name. */
export type AnswerHeaders = readonly (readonly [string, string])[];

/** A posted operation, read from its body. */
export interface PostedOperation {
  readonly query: string;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** An operation that has been answered, with what is known of its answers. */
interface Entry {
  readonly known: KnownOperation;
  /** The headers of a ready answer, by the request's `accept`. */
  readonly headersByAccept: Map<string, AnswerHeaders>;
}

// Clients have few values of `accept`; whoever sends others is answered as at the first time.
const acceptsMax = 8;

const entriesMax = 1000;

/**
 * The operations that were answered last. Apollo Server parses, validates and answers an operation the first time; a
 * later request with the same text, to the same schema, gets the same document and the same headers, so that the engine
 * can be asked directly. That spares about a tenth of a millisecond of CPU a request.
 */
export class KnownOperations {
  #entries = new BoundedCache<Entry>(entriesMax);
  /** That of the engine in use; undefined as long as nobody says. */
  #schema: GraphQLSchema | undefined;

  /** The operation and its headers, if it was answered before under this schema to a client that accepts the same. */
  find(
    { query, operationName }: PostedOperation,
    accept: string,
    schema: GraphQLSchema,
  ): { readonly known: KnownOperation; readonly headers: AnswerHeaders } | undefined {
    const entry = this.#entries.get(query);
    if (entry?.known.schema !== schema || entry.known.operationName !== operationName) return undefined;
    const headers = entry.headersByAccept.get(accept);
    return headers && { known: entry.known, headers };
  }

  /**
   * Forgets the operations of every other schema, and keeps none of them from now on: one that is seldom sent would hold
   * its schema for long, and that its engine, with all that it has compiled.
   */
  keepFor(schema: GraphQLSchema): void {
    this.#schema = schema;
    this.#entries = new BoundedCache(entriesMax);
  }

  /** Keeps an operation that was answered by a ready body, with the headers of that answer. */
  note(known: KnownOperation, accept: string, headers: AnswerHeaders): void {
    // A request that was in flight when the engine was exchanged.
    if (this.#schema !== undefined && known.schema !== this.#schema) return;
    const entry = this.#entries.get(known.source);
    if (entry?.known.schema !== known.schema || entry.known.operationName !== known.operationName)
      this.#entries.set(known.source, { known, headersByAccept: new Map([[accept, headers]]) });
    else if (entry.headersByAccept.size < acceptsMax) entry.headersByAccept.set(accept, headers);
  }
}

/**
 * Reads a posted body as an operation; undefined where the server has more to do than to run it: a persisted document,
 * a batch, or a mistake that it is to explain.
 */
export function readPosted(body: unknown): PostedOperation | undefined {
  if (!isRecord(body)) return undefined;
  const { query, operationName = null, variables = null, extensions = null } = body;
  if (typeof query !== 'string' || query === '') return undefined;
  if (operationName !== null && typeof operationName !== 'string') return undefined;
  if (variables !== null && !isRecord(variables)) return undefined;
  if (extensions !== null && (!isRecord(extensions) || 'persistedQuery' in extensions)) return undefined;
  return { query, operationName: operationName ?? undefined, variables: variables ?? {} };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
