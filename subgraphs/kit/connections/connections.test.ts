import { describe, expect, test } from 'vitest';

import { buildConnection } from './connection.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { buildMongoPage } from './mongo-page.ts';
import { parsePage } from './page.ts';
import { buildPrismaPage } from './prisma-page.ts';
import { buildSortOrder } from './sort-order.ts';
import { buildSqlList, sql } from './sql-list.ts';

interface Row {
  readonly id: string;
  readonly at: Date;
}
const order = buildSortOrder<Row>([
  { name: 'at', direction: 'DESC', type: 'date', valueOf: (row) => row.at },
  { name: 'id', direction: 'DESC', type: 'text', valueOf: (row) => row.id },
]);
const rowOf = (place: number): Row => ({ id: `r${place}`, at: new Date(place * 1_000) });

describe('the arguments of a page', () => {
  test('take 20 from the start when nothing is said', () => {
    expect(parsePage({}, 'o')).toEqual({
      direction: 'forward',
      limit: 20,
      after: undefined,
      before: undefined,
    });
  });

  test.each([
    [{ first: 1, last: 1 }, 'Give either "first" or "last"'],
    [{ last: 101 }, '"last" is 101; expected a number from 0 to 100.'],
    [{ after: 'nonsense' }, '"after" is "nonsense"; expected a cursor that this list gave out.'],
    [{ before: encodeCursor('other', [1]) }, 'a cursor of another order; expected one of the order o.'],
  ])('are refused when they make no sense: %j', (args, message) => {
    expect(() => parsePage(args, 'o')).toThrow(message);
  });

  test('lead back from a cursor to the values in it', () => {
    expect(decodeCursor(encodeCursor('o', ['ü', 5]), 'o', 'after')).toEqual(['ü', 5]);
  });
});

describe('a connection', () => {
  test('has one row less than was read when there are more', () => {
    const page = parsePage({ first: 2 }, order.name);
    const connection = buildConnection(page, order, [3, 2, 1].map(rowOf), null);
    expect(connection.nodes.map((row) => row.id)).toEqual(['r3', 'r2']);
    expect(connection.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false });
    expect(connection.pageInfo.endCursor).toBe(encodeCursor(order.name, [2_000, 'r2']));
  });

  test('turns rows round that were read from the end', () => {
    const page = parsePage({ last: 2 }, order.name);
    const connection = buildConnection(page, order, [1, 2, 3].map(rowOf), 7);
    expect(connection.nodes.map((row) => row.id)).toEqual(['r2', 'r1']);
    expect(connection.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true });
    expect(connection.totalCount).toBe(7);
  });

  test('of no rows has no cursors', () => {
    expect(buildConnection(parsePage({}, order.name), order, [], null).pageInfo).toEqual({
      startCursor: null,
      endCursor: null,
      hasNextPage: false,
      hasPreviousPage: false,
    });
  });
});

describe('a page as a statement', () => {
  const after = encodeCursor(order.name, [5_000, 'r5']);
  const at = new Date(5_000);

  test('of Prisma compares all keys, with a bound on the first', () => {
    expect(buildPrismaPage(parsePage({ first: 2, after }, order.name), order, [{ a: 1 }])).toEqual({
      where: {
        AND: [
          { a: 1 },
          {
            AND: [
              { at: { lte: at } },
              { OR: [{ AND: [{ at: { lt: at } }] }, { AND: [{ at }, { id: { lt: 'r5' } }] }] },
            ],
          },
        ],
      },
      orderBy: [{ at: 'desc' }, { id: 'desc' }],
      take: 3,
    });
  });

  test('of MongoDB reads backward from the other end', () => {
    expect(buildMongoPage(parsePage({ last: 2, before: after }, order.name), order, [])).toEqual({
      filter: {
        $and: [{ at: { $gte: at }, $or: [{ at: { $gt: at } }, { at, id: { $gt: 'r5' } }] }],
      },
      sort: { at: 1, id: 1 },
      limit: 3,
    });
  });

  test('of SQL for many parents has values as parameters alone', () => {
    const statement = buildSqlList<Row>({
      table: 'things',
      parentColumn: 'parent_id',
      parentKeys: ["p'; DROP TABLE things", 'q'],
      columns: { id: sql`child.id`, at: sql`child.made_at` },
      conditions: [sql`child.size > ${3}`],
      sortColumns: { at: 'made_at' },
      order,
      page: parsePage({ first: 2, after }, order.name),
    });
    expect(statement.sql.replaceAll(/\s+/g, ' ')).toBe(
      'SELECT parent.key AS "parentKey", item.* FROM unnest(?::text[]) AS parent(key) CROSS JOIN LATERAL ( ' +
        'SELECT child.id AS "id",child.made_at AS "at" FROM "things" AS child ' +
        'WHERE child."parent_id" = parent.key AND child.size > ? AND (child."made_at",child."id") < (?,?) ' +
        'ORDER BY child."made_at" DESC,child."id" DESC LIMIT ? ) AS item ORDER BY item."at" DESC,item."id" DESC',
    );
    expect(statement.values).toEqual([["p'; DROP TABLE things", 'q'], 3, at, 'r5', 3]);
  });
});
