import type { Logger } from 'pino';

import { SubgraphError } from '../subgraph-error.ts';

/** How many statements one request may send to its database, and what happens above that. */
export interface StatementLimit {
  /** Statements of one request, those that begin and end transactions included. 0 is off. */
  readonly statementsMax: number;
  /** `warn`: the log says it, once a request. `refuse`: the statement is not sent, and its field fails. */
  readonly statementsOver: 'warn' | 'refuse';
}

/**
 * Counts a statement that is about to be sent. One that ends a transaction is never refused: its connection would stay
 * in it.
 *
 * @throws {SubgraphError} STATEMENT_LIMIT
 */
export type CountStatement = (isEnding?: boolean) => void;

/** Makes the counter of one request. */
export function limitStatements(
  { statementsMax, statementsOver }: StatementLimit,
  operation: string | undefined,
  log: Logger,
): CountStatement {
  let count = 0;
  return (isEnding = false) => {
    count += 1;
    if (statementsMax === 0 || count <= statementsMax) return;
    if (statementsOver === 'refuse') {
      if (isEnding) return;
      throw new SubgraphError(
        'STATEMENT_LIMIT',
        `The request needs more than ${statementsMax} database statements, and may have no more.`,
      );
    }
    if (count === statementsMax + 1)
      log.warn({ operation, statementsMax }, 'a request sends more statements than statementsMax');
  };
}
