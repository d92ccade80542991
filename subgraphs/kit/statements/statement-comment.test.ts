import { expect, test } from 'vitest';

import { buildStatementComment } from './statement-comment.ts';

test('a comment has its keys in order and cannot be ended from within', () => {
  expect(
    buildStatementComment({ service: 'orders', operation: "a'*/; DROP TABLE x", traceparent: undefined }),
  ).toBe("operation='a%27%2A%2F%3B%20DROP%20TABLE%20x',service='orders'");
});

test('there is no comment when there is nothing to say', () => {
  expect(buildStatementComment({ operation: '' })).toBeUndefined();
});
