import type { PoolClient } from 'pg';
import { expect, test } from 'vitest';

import type { Statement, StatementScope } from '../statements/statement-scope.ts';
import { runRecorded } from './recorded-statement.ts';

// A cancellation that comes to PostgreSQL before its statement is passed over there.
test('a statement that its first cancellation did not meet is cancelled again', async () => {
  const request = new AbortController();
  const recorded: Statement[] = [];
  const scope: StatementScope = {
    service: 'sample',
    cause: 'Query.sleep',
    batchSize: 1,
    signal: request.signal,
    deadlineMs: undefined,
    comment: undefined,
    countStatement: () => {},
    record: (statement) => recorded.push(statement),
    requestStartMs: performance.now(),
  };
  let cancellations = 0;
  let fail: (reason: Error) => void = () => {};
  const running = runRecorded({
    pool: {
      cancelStatement: async () => {
        cancellations += 1;
        if (cancellations === 2) fail(new Error('canceling statement due to user request'));
      },
    },
    client: {
      processID: 1,
      connection: { stream: { destroy: () => fail(new Error('the connection was cut')) } },
    } as unknown as PoolClient,
    send: () => new Promise((_resolve, reject) => (fail = reject)),
    config: { text: 'SELECT pg_sleep(30)' },
    scope,
    waitMs: 0,
    statementMs: 30_000,
  });
  request.abort();
  await expect(running).rejects.toMatchObject({ extensions: { code: 'DEADLINE_EXCEEDED' } });
  expect(cancellations).toBe(2);
  expect(recorded).toMatchObject([{ text: 'SELECT pg_sleep(30)', rows: null }]);
});
