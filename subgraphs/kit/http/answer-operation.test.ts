import { GraphQLError, buildSchema } from 'graphql';
import { describe, expect, test } from 'vitest';

import type { RequestContext } from '../request-context.ts';
import { makeAnswerOperation } from './answer-operation.ts';

const schema = buildSchema('type Query { one(times: Int = 1): Int wrong: Int }');
const query = schema.getQueryType()?.getFields();
Object.assign(query?.['one'] ?? {}, { resolve: (_source: unknown, args: { times: number }) => args.times });
Object.assign(query?.['wrong'] ?? {}, {
  resolve: () => {
    throw new GraphQLError('wrong');
  },
});
const answer = makeAnswerOperation(schema, (formatted) => formatted);
// The resolvers above do not look at it.
const context = { isExplained: false } as RequestContext<unknown>;

async function ask(body: unknown) {
  const { status, body: text } = await answer(body, () => context);
  return { status, ...(JSON.parse(text) as { data?: unknown; errors?: { extensions: { code: string } }[] }) };
}

describe('an operation of a service', () => {
  test('is answered with its variables, by its name', async () => {
    const document = 'query A($n: Int) { one(times: $n) } query B { one }';
    expect(await ask({ query: document, variables: { n: 3 }, operationName: 'A' })).toEqual({
      status: 200,
      data: { one: 3 },
    });
    expect(await ask({ query: document, operationName: 'B' })).toEqual({ status: 200, data: { one: 1 } });
  });

  test('whose field fails is answered all the same', async () => {
    expect(await ask({ query: '{ one wrong }' })).toMatchObject({
      status: 200,
      data: { one: 1, wrong: null },
      errors: [{ message: 'wrong', path: ['wrong'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
  });

  test.each([
    ['no text', {}, 'BAD_REQUEST'],
    ['a list of operations', [{ query: '{ one }' }], 'BAD_REQUEST'],
    ['variables that are a list', { query: '{ one }', variables: [] }, 'BAD_REQUEST'],
    ['what is not GraphQL', { query: '{' }, 'GRAPHQL_PARSE_FAILED'],
    ['a field that is not there', { query: '{ two }' }, 'GRAPHQL_VALIDATION_FAILED'],
    ['a name that is not there', { query: '{ one }', operationName: 'A' }, 'OPERATION_RESOLUTION_FAILURE'],
    [
      'a variable of another type',
      { query: 'query ($n: Int) { one(times: $n) }', variables: { n: 'x' } },
      'BAD_USER_INPUT',
    ],
  ])('is refused with 400 for %s', async (_what, body, code) => {
    const { status, data, errors } = await ask(body);
    expect({ status, data, code: errors?.[0]?.extensions.code }).toEqual({
      status: 400,
      data: undefined,
      code,
    });
  });
});
