import {
  type StatementCause,
  type StatementScope,
  currentStatementScope,
  runInStatementScope,
} from '../statements/statement-scope.ts';
import { waitForSiblings } from './wait-for-siblings.ts';

/** Joins what several loaders of one request want to know of the same rows into one statement. */
export interface JointReads {
  /**
   * Reads a part together with all others that are wanted under the same `identity` in the same tick: `read` of the first
   * of them is called once, with all parts. The identity holds all that says which rows are read. What fails, fails for
   * all. The statement is recorded under the causes of all who asked, such as `Product.rating, Product.reviews`.
   */
  together<Part, Result>(
    identity: string,
    part: Part,
    read: (parts: readonly Part[]) => Promise<Result>,
  ): Promise<Result>;
}

interface OpenRead {
  readonly parts: unknown[];
  readonly causes: Set<string>;
  batchSize: number;
  readonly result: Promise<unknown>;
}

/** Makes the joint reads of a request; `scope` is where their statements are recorded. */
export function createJointReads(scope: Omit<StatementScope, keyof StatementCause>): JointReads {
  const reads = new Map<string, OpenRead>();

  function openRead(identity: string, read: (parts: readonly never[]) => Promise<unknown>): OpenRead {
    const open: OpenRead = {
      parts: [],
      causes: new Set(),
      batchSize: 1,
      result: waitForSiblings().then(() => {
        reads.delete(identity);
        const cause = [...open.causes].sort().join(', ');
        return runInStatementScope({ ...scope, cause, batchSize: open.batchSize }, () =>
          read(open.parts as never[]),
        );
      }),
    };
    reads.set(identity, open);
    return open;
  }

  return {
    together<Part, Result>(
      identity: string,
      part: Part,
      read: (parts: readonly Part[]) => Promise<Result>,
    ): Promise<Result> {
      const open = reads.get(identity) ?? openRead(identity, read);
      const { cause, batchSize } = currentStatementScope() ?? { cause: identity, batchSize: 1 };
      open.parts.push(part);
      open.causes.add(cause);
      open.batchSize = Math.max(open.batchSize, batchSize);
      // One identity is used with one type of result: the map cannot say so, the callers' identities do.
      return open.result as Promise<Result>;
    },
  };
}
