import type { StatementCause } from '../statements/statement-scope.ts';
import { type StatementScope, runInStatementScope } from '../statements/statement-scope.ts';
import { type Batch, type BatchLoader, createBatchLoader } from './batch-loader.ts';
import { type JointReads, createJointReads } from './joint-reads.ts';

/** The loaders of one request. Two fields that name the same loader share its batches. */
export interface RequestLoaders extends JointReads {
  /**
   * The loader of that `identity`, made when missing. The identity holds all that its statement depends on beside the
   * keys, such as the arguments of a list.
   *
   * @param cause the type and field that statements are recorded under, such as `Product.reviews`.
   */
  use<Value>(
    identity: string,
    cause: string,
    loadAll: (batch: Batch) => Promise<ReadonlyMap<string, Value | Error>>,
  ): BatchLoader<Value>;
  /** Forgets what was loaded, because something was written. */
  clear(): void;
}

/** Makes the loaders of a request; `scope` is where their statements are recorded. */
export function createRequestLoaders(scope: Omit<StatementScope, keyof StatementCause>): RequestLoaders {
  const loaders = new Map<string, BatchLoader<unknown>>();
  return {
    use<Value>(
      identity: string,
      cause: string,
      loadAll: (batch: Batch) => Promise<ReadonlyMap<string, Value | Error>>,
    ): BatchLoader<Value> {
      let loader = loaders.get(identity);
      if (!loader) {
        loader = createBatchLoader<unknown>((batch) =>
          // Awaited in here: a Prisma call sends its statement only when somebody waits for it.
          runInStatementScope(
            { ...scope, cause, batchSize: batch.keys.length },
            async () => await loadAll(batch),
          ),
        );
        loaders.set(identity, loader);
      }
      // One identity is used with one type of value: the map cannot say so, the callers' identities do.
      return loader as BatchLoader<Value>;
    },
    clear() {
      loaders.clear();
    },
    ...createJointReads(scope),
  };
}
