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
  const over = makeScope(AbortSignal.abort());
  const failure: unknown = await runInStatementScope(
    over,
    async () => await database.client.user.count(),
  ).catch((error: unknown) => error);
  expect(databaseFailureOf(failure, 'accounts')).toMatchObject({
    code: 'DEADLINE_EXCEEDED',
    message: 'The request was over before a database connection was free.',
  });
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
