import { describe, expect, test } from 'vitest';

import { currentStatementScope, runInStatementScope } from '../statements/statement-scope.ts';
import { createJointReads } from './joint-reads.ts';

const scope = {
  service: 'reviews',
  signal: new AbortController().signal,
  deadlineMs: undefined,
  comment: undefined,
  countStatement: () => undefined,
  record: () => undefined,
  requestStartMs: 0,
};

/** Joint reads, and what each statement was sent for. */
function createRecorder() {
  const reads = createJointReads(scope);
  const sent: string[] = [];
  const read = async (parts: readonly string[]): Promise<string> => {
    const { cause, batchSize } = currentStatementScope() ?? {};
    sent.push(`${parts.join('+')} for ${cause} of ${batchSize}`);
    return parts.join('+');
  };
  const ask = (identity: string, part: string, cause: string, batchSize = 1) =>
    runInStatementScope({ ...scope, cause, batchSize }, () => reads.together(identity, part, read));
  return { reads, sent, ask };
}

describe('joint reads', () => {
  test('send one statement for all parts of a tick, under the causes of all', async () => {
    const { sent, ask } = createRecorder();
    const results = await Promise.all([
      ask('rows', 'list', 'Product.reviews', 50),
      ask('rows', 'count', 'Product.reviews', 50),
      Promise.resolve().then(() => ask('rows', 'sum', 'Product.rating', 20)),
      ask('others', 'list', 'User.reviews'),
    ]);
    expect(results).toEqual(['list+count+sum', 'list+count+sum', 'list+count+sum', 'list']);
    expect(sent).toEqual([
      'list+count+sum for Product.rating, Product.reviews of 50',
      'list for User.reviews of 1',
    ]);
  });

  test('read again what is asked for later', async () => {
    const { sent, ask } = createRecorder();
    await ask('rows', 'list', 'Product.reviews');
    await ask('rows', 'sum', 'Product.rating');
    expect(sent).toEqual(['list for Product.reviews of 1', 'sum for Product.rating of 1']);
  });

  test('fail for all who asked, and not for who asks then', async () => {
    const { reads, ask } = createRecorder();
    const fail = () => Promise.reject(new Error('down'));
    const settled = await Promise.allSettled([
      reads.together('rows', 'list', fail),
      reads.together('rows', 'sum', fail),
    ]);
    expect(settled).toMatchObject([{ reason: { message: 'down' } }, { reason: { message: 'down' } }]);
    expect(await ask('rows', 'list', 'Product.reviews')).toBe('list');
  });
});
