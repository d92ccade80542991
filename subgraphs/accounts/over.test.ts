import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { PrismaClient } from '../../prisma/accounts/client/client.ts';
import { type ServiceDatabaseUnderTest, openServiceDatabase } from '../../tests/support/service-database.ts';
import { runInStatementScope, type StatementScope } from '../kit/statements/statement-scope.ts';
import { databaseFailureOf } from '../kit/database/database-failure.ts';
import { openPrisma } from '../kit/database/postgres.ts';
import type { ServiceDatabase } from '../kit/database/service-database.ts';
import { databaseDefaults } from '../kit/service-defaults.ts';

let server: ServiceDatabaseUnderTest;
let database: ServiceDatabase<PrismaClient>;

beforeAll(async () => {
  server = await openServiceDatabase('accounts', 0);
  const settings = { service: 'accounts', url: server.url, log: pino({ level: 'silent' }) };
  const open = openPrisma((options) => new PrismaClient(options));
  database = open({ ...databaseDefaults, ...settings, connectionsMax: 1 });
});

afterAll(async () => {
  await database.close();
  await server.close();
});

function makeScope(signal: AbortSignal): StatementScope {
  return {
    service: 'accounts',
    cause: 'test',
    batchSize: 1,
    signal,
    deadlineMs: undefined,
    comment: undefined,
    countStatement: () => undefined,
    record: () => undefined,
    requestStartMs: performance.now(),
  };
}

const insertUser = (client: Pick<PrismaClient, 'user'>, name: string) =>
  client.user.create({
    data: { id: name, username: name, name, email: `${name}@example.com`, registeredAt: new Date() },
    select: { id: true },
  });

test('a request that is over is told by its code, though Prisma stands between', async () => {
  const sends = [
    async () => await database.client.user.count(),
    async () => await database.client.$queryRaw`SELECT 1`,
  ];
  for (const send of sends) {
    const over = makeScope(AbortSignal.abort());
    const failure: unknown = await runInStatementScope(over, send).catch((error: unknown) => error);
    expect(databaseFailureOf(failure, 'accounts')).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: 'The request was over before a database connection was free.',
    });
  }
});

describe('a request that is over in the midst of a transaction', () => {
  test('leaves no transaction open: what the next request writes stays written', async () => {
    const request = new AbortController();
    const transaction = runInStatementScope(makeScope(request.signal), () =>
      database.client.$transaction(async (inside) => {
        await insertUser(inside, 'lost');
        request.abort();
        await insertUser(inside, 'late');
      }),
    );
    await expect(transaction).rejects.toThrow('The request was over');
    // The pool has one connection: this is the one that the transaction had.
    await runInStatementScope(makeScope(new AbortController().signal), () =>
      insertUser(database.client, 'kept'),
    );
    await database.close();
    const settings = { service: 'accounts', url: server.url, log: pino({ level: 'silent' }) };
    database = openPrisma((options) => new PrismaClient(options))({ ...databaseDefaults, ...settings });
    expect((await database.client.user.findMany({ select: { id: true } })).map(({ id }) => id)).toEqual([
      'kept',
    ]);
  });
});

describe('what the database says through Prisma', () => {
  const failureOf = async (work: () => Promise<unknown>) =>
    databaseFailureOf(await work().catch((error: unknown) => error), 'accounts');

  test('a statement that took longer than it may is told as that', async () => {
    const settings = { service: 'accounts', url: server.url, log: pino({ level: 'silent' }) };
    const hasty = openPrisma((options) => new PrismaClient(options))({
      ...databaseDefaults,
      ...settings,
      statementMs: 50,
    });
    const failure = await failureOf(async () => await hasty.client.$queryRaw`SELECT pg_sleep(10)::text`);
    await hasty.close();
    expect(failure).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: 'The database took longer than it may.',
    });
  });

  test('a transaction that took longer than a statement may is told as that, and leaves nothing behind', async () => {
    const settings = { service: 'accounts', url: server.url, log: pino({ level: 'silent' }) };
    const hasty = openPrisma((options) => new PrismaClient(options))({
      ...databaseDefaults,
      ...settings,
      statementMs: 2_000,
    });
    // Each of its statements is quick, on a busy machine too; it is their sum that takes too long.
    const failure = await failureOf(() =>
      hasty.client.$transaction(async (inside) => {
        await insertUser(inside, 'endless');
        for (;;) await inside.user.count();
      }),
    );
    const { count } = await database.client.user.deleteMany({ where: { id: 'endless' } });
    await hasty.close();
    expect(failure).toMatchObject({
      code: 'DEADLINE_EXCEEDED',
      message: 'A transaction of accounts took longer than it may.',
    });
    expect(count).toBe(0);
  });

  test('a transaction that is used after its end is a fault of the service', async () => {
    const used = async () => {
      const ended = await database.client.$transaction(async (inside) => inside);
      return ended.user.count();
    };
    expect(await failureOf(used)).toBeUndefined();
  });

  test('a transaction that gets no connection in time is told as that', async () => {
    const settings = { service: 'accounts', url: server.url, log: pino({ level: 'silent' }) };
    // Longer than Prisma would wait by itself.
    const narrow = openPrisma((options) => new PrismaClient(options))({
      ...databaseDefaults,
      ...settings,
      connectionsMax: 1,
      connectionWaitMs: 2_500,
    });
    const failure = await narrow.client.$transaction(async () =>
      failureOf(() => narrow.client.$transaction(async (inside) => inside.user.count())),
    );
    await narrow.close();
    expect(failure).toMatchObject({ code: 'DATABASE_BUSY', message: expect.stringContaining('2500 ms') });
  });

  test('a statement that was given up for another is told as that', async () => {
    const raise = (state: string) => async () =>
      await database.client.$executeRawUnsafe(
        `DO $$ BEGIN RAISE EXCEPTION 'secret' USING ERRCODE = '${state}'; END $$`,
      );
    for (const state of ['40001', '40P01'])
      expect(await failureOf(raise(state))).toMatchObject({
        code: 'DATABASE_BUSY',
        message: 'The database of accounts gave a statement up for another.',
      });
  });
});
