import type { DocumentNode } from 'graphql';

import { BoundedCache } from '../planning/bounded-cache.ts';

/** Where Apollo Server keeps the documents that it has parsed and validated. */
export interface DocumentStore {
  get(key: string): Promise<DocumentNode | undefined>;
  set(key: string, document: DocumentNode): Promise<void>;
  delete(key: string): Promise<void>;
}

// As many as the engine keeps compiled.
const documentsMax = 1000;

/**
 * Keeps the documents that were used last, up to a number of them. Apollo Server's own store keeps 30 MiB by the length
 * of their JSON, which it writes of each to know it: some 11,000 small documents and 150 MiB of heap.
 */
export function keepDocuments(): DocumentStore {
  const documents = new BoundedCache<DocumentNode>(documentsMax);
  return {
    get: (key) => Promise.resolve(documents.get(key)),
    set: (key, document) => Promise.resolve(documents.set(key, document, document.loc?.source.body.length)),
    delete: (key) => Promise.resolve(documents.delete(key)),
  };
}
