import { createHash } from 'node:crypto';

import { buildSchema, getOperationAST, parse } from 'graphql';
import { describe, expect, test } from 'vitest';

import { otherNames, UsageCounts } from './count-usage.ts';

const schema = buildSchema(`
  type Query { people(filter: Filter, order: Order = NAME): [Person!]!  node(id: ID!): Node }
  interface Node { id: ID! }
  type Person implements Node { id: ID!  name: String  email: String }
  input Filter { name: String  order: [Order!]  and: [Filter!] }
  enum Order { NAME AGE }
`);
const dayMs = 86_400_000;
const start = Date.parse('2026-11-01T00:00:00Z');

function send(
  counts: UsageCounts,
  query: string,
  more: { client?: string; variables?: Record<string, unknown>; operationName?: string; at?: number } = {},
): void {
  const document = parse(query);
  const operation = getOperationAST(document, more.operationName);
  if (!operation) throw new Error('expected one operation');
  const { client = 'web', variables = {}, at = start } = more;
  const queryHash = createHash('sha256').update(query).digest('hex');
  counts.count({ schema, queryHash, document, operation, variables, client }, at);
}

/** Calls by coordinate or operation, without clients and times. */
function countCalls(
  records: Readonly<Record<string, readonly { name: string; calls: number }[]>>,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(records).map(([name, clients]) => [
      name,
      clients.map((client) => `${client.name} ${client.calls}`).join(', '),
    ]),
  );
}

describe('what clients use is counted', () => {
  test('by operation and by coordinate, with the client and the last time', () => {
    const counts = new UsageCounts(start);
    send(counts, 'query A { people { name } }');
    send(counts, 'query A { people { name } }', { at: start + 1000 });
    send(counts, 'query B { people { name email } }', { client: 'ios/4.2' });
    const file = counts.print(start + dayMs, 30);
    expect(file).toMatchObject({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-02T00:00:00.000Z' });
    expect(file.operations['A']).toEqual([{ name: 'web', calls: 2, lastSeen: '2026-11-01T00:00:01.000Z' }]);
    expect(countCalls(file.coordinates)).toEqual({
      Query: 'ios/4.2 1, web 2',
      'Query.people': 'ios/4.2 1, web 2',
      Person: 'ios/4.2 1, web 2',
      'Person.name': 'ios/4.2 1, web 2',
      'Person.email': 'ios/4.2 1',
      String: 'ios/4.2 1, web 2',
    });
  });

  test('in variables as in the document: input types, their fields and enum values, once a request', () => {
    const counts = new UsageCounts(start);
    const query = 'query ($f: Filter, $o: Order) { people(filter: $f, order: $o) { id } }';
    const variables = { f: { and: [{ name: 'x' }, { name: 'y', order: 'AGE' }], none: 1 }, o: 'NAME' };
    send(counts, query, { variables });
    send(counts, '{ people(filter: { order: AGE }) { id } }');
    const calls = countCalls(counts.print(start, 30).coordinates);
    expect(calls).toMatchObject({
      'Query.people(filter:)': 'web 2',
      Filter: 'web 2',
      'Filter.and': 'web 1',
      'Filter.name': 'web 1',
      'Filter.order': 'web 2',
      'Order.AGE': 'web 2',
      'Order.NAME': 'web 1',
    });
    expect(Object.keys(calls)).not.toContain('Filter.none');
  });

  test('whatever the variables are: what does not fit its type is passed over, however deep it nests', () => {
    const counts = new UsageCounts(start);
    let deep: unknown = { name: 'x' };
    for (let depth = 0; depth < 100_000; depth += 1) deep = { and: deep };
    const query = 'query ($f: Filter) { people(filter: $f) { id } }';
    for (const f of [deep, 'text', [1], { order: { a: 1 } }, null]) send(counts, query, { variables: { f } });
    expect(countCalls(counts.print(start, 30).coordinates)).toMatchObject({ 'Filter.name': 'web 1' });
  });

  test('of the operation that is run, and not of its neighbours in the document', () => {
    const counts = new UsageCounts(start);
    send(
      counts,
      'query A { people { ...F } } query B { node(id: 1) { id } } fragment F on Person { email }',
      {
        operationName: 'B',
      },
    );
    const calls = countCalls(counts.print(start, 30).coordinates);
    expect(Object.keys(calls)).not.toContain('Person.email');
    // The type behind an interface has the field as well.
    expect(calls).toMatchObject({ 'Node.id': 'web 1', 'Person.id': 'web 1' });
  });

  test('without what tools ask of every schema', () => {
    const counts = new UsageCounts(start);
    send(counts, '{ __schema { types { name } } __typename }');
    const used = Object.keys(counts.print(start, 30).coordinates);
    expect(used.filter((name) => name.includes('.'))).toEqual([]);
  });

  test('on from what a file says, without clients that were last seen too long ago', () => {
    const first = new UsageCounts(start);
    send(first, 'query A { people { name } }', { client: 'old' });
    send(first, 'query A { people { name } }', { at: start + 20 * dayMs });
    const second = new UsageCounts(start + 21 * dayMs, first.print(start + 20 * dayMs, 30));
    send(second, 'query A { people { name } }', { at: start + 35 * dayMs });
    const file = second.print(start + 40 * dayMs, 30);
    expect(countCalls(file.operations)).toEqual({ A: 'web 2' });
    expect(file.from).toBe(new Date(start + 10 * dayMs).toISOString());
  });

  test('with a bound on the names that clients choose', () => {
    const counts = new UsageCounts(start);
    for (let index = 0; index < 1200; index += 1)
      send(counts, 'query A { people { name } }', { client: `c${index}` });
    const [operation = []] = Object.values(counts.print(start, 30).operations);
    expect(operation.length).toBe(1001);
    expect(operation.find(({ name }) => name === otherNames)?.calls).toBe(200);
  });
});
