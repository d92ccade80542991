import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';

import { PrismaPg } from '@prisma/adapter-pg';
import { Client } from 'pg';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { applyMigrations, createMigration } from '../../migrations/migrate-database.ts';
import {
  generateClient,
  schema,
  type AccountClient,
  type AccountRow,
  type GeneratedClient,
} from './generate-client.ts';

/** A PostgreSQL that serves as the database of the service `shelf`, whoever runs it. */
export interface ContractSubject {
  readonly url: string;
  readonly ownerUrl: string;
  close(): Promise<void>;
}

const account = (id: string, balance = 100n): AccountRow => ({
  id,
  email: `${id}@example.org`,
  balance,
  openedAt: new Date('2026-01-01T00:00:00.123Z'),
  tags: ['a', 'b'],
  details: { nested: [1, 'two'] },
});

/** What a service relies on, whatever PostgreSQL it was given. */
export function describePostgresContract(name: string, open: () => Promise<ContractSubject>): void {
  describe(`PostgreSQL as the database of a service (${name})`, () => {
    let subject: ContractSubject;
    let generated: GeneratedClient;
    let prisma: AccountClient;
    let folder: string;

    async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
      const client = new Client({ connectionString: url });
      client.on('error', () => undefined);
      await client.connect();
      try {
        return (await client.query<Record<string, unknown>>(sql)).rows;
      } finally {
        await client.end();
      }
    }

    const asService = async (sql: string) => await query(subject.url, sql);
    const asOwner = async (sql: string) => await query(subject.ownerUrl, sql);
    const onDatabase = (url: string, database: string): string => {
      const changed = new URL(url);
      changed.pathname = `/${database}`;
      return changed.href;
    };

    beforeAll(async () => {
      [subject, generated] = await Promise.all([open(), generateClient()]);
      folder = await mkdtemp(path.join(tmpdir(), 'freehold-contract-'));
      await writeFile(path.join(folder, 'schema.prisma'), schema);
      const target = {
        service: 'shelf',
        kind: 'postgres',
        folder,
        ownerUrl: subject.ownerUrl,
        log: pino({ level: 'silent' }),
      } as const;
      await createMigration({ ...target, name: 'init' });
      await applyMigrations(target);
      prisma = generated.connect(new PrismaPg({ connectionString: subject.url }));
    });

    afterAll(async () => {
      await prisma.$disconnect();
      await generated.remove();
      await subject.close();
      await rm(folder, { recursive: true, force: true });
    });

    describe('rights', () => {
      test.each([
        'CREATE TABLE stolen (id int)',
        'CREATE TEMP TABLE stolen (id int)',
        'CREATE SCHEMA stolen',
        'CREATE DATABASE stolen',
        'CREATE ROLE stolen',
        'CREATE EXTENSION citext',
        'CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
        'ALTER TABLE "Account" ADD COLUMN stolen int',
        'CREATE INDEX stolen ON "Account" (balance)',
        'DROP TABLE "Account"',
        'TRUNCATE "Account"',
        'SET ROLE shelf_owner',
        'SELECT * FROM _prisma_migrations',
        'SELECT * FROM pg_authid',
        'SELECT * FROM extensions.pg_stat_statements',
        `COPY (SELECT 1) TO PROGRAM 'true'`,
        `SELECT pg_read_file('/etc/passwd')`,
        'ALTER SYSTEM SET fsync = off',
      ])('the service may not: %s', async (sql) => {
        await expect(asService(sql)).rejects.toThrow(/permission denied|must be owner/);
      });

      test('the service hands its rights to nobody', async () => {
        // PostgreSQL only warns that it granted nothing.
        await asService('GRANT SELECT ON "Account" TO PUBLIC');
        const rows = await asOwner(
          `SELECT count(*)::int AS grants FROM pg_class, aclexplode(relacl) AS acl WHERE relname = 'Account' AND acl.grantee = 0`,
        );
        expect(rows).toEqual([{ grants: 0 }]);
      });

      test('the service reaches no other database', async () => {
        for (const database of ['postgres', 'template1'])
          await expect(query(onDatabase(subject.url, database), 'SELECT 1')).rejects.toThrow(
            /permission denied for database|pg_hba.conf rejects/,
          );
      });

      test('the owner reaches no database but its own', async () => {
        await expect(query(onDatabase(subject.ownerUrl, 'postgres'), 'SELECT 1')).rejects.toThrow(
          'permission denied for database',
        );
      });

      test('neither role is more than it must be', async () => {
        const rows = await asOwner(
          `SELECT rolname, rolsuper, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles WHERE rolname LIKE 'shelf%' ORDER BY 1`,
        );
        const rights = { rolsuper: false, rolcreaterole: false, rolreplication: false, rolbypassrls: false };
        expect(rows).toEqual([
          { rolname: 'shelf_owner', ...rights },
          { rolname: 'shelf_service', ...rights },
        ]);
      });

      test('a wrong password is refused', async () => {
        const wrong = new URL(subject.url);
        wrong.password = 'wrong';
        await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow('password authentication failed');
      });

      test('the service reads and writes rows of tables that come later, and uses their sequences', async () => {
        await asOwner('CREATE TABLE later (id serial PRIMARY KEY, text text)');
        await asService(`INSERT INTO later (text) VALUES ('a'), ('b')`);
        await asService(`UPDATE later SET text = 'c' WHERE id = 1`);
        await asService('DELETE FROM later WHERE id = 2');
        expect(await asService('SELECT * FROM later')).toEqual([{ id: 1, text: 'c' }]);
        await asOwner('DROP TABLE later');
      });
    });

    describe('settings', () => {
      test('text is UTF-8, and writes are flushed before they are acknowledged', async () => {
        const [settings] = await asService(
          `SELECT current_setting('server_encoding') AS encoding, current_setting('fsync') AS fsync,
                  current_setting('synchronous_commit') AS commit, current_setting('full_page_writes') AS pages`,
        );
        expect(settings).toEqual({ encoding: 'UTF8', fsync: 'on', commit: 'on', pages: 'on' });
      });

      test('the owner reads the statements of all sessions', async () => {
        await asService('SELECT 42 AS contract_probe');
        const rows = await asOwner(
          `SELECT calls::int FROM pg_stat_statements WHERE query LIKE '%contract_probe%' AND query NOT LIKE '%pg_stat%'`,
        );
        expect(rows).toEqual([{ calls: 1 }]);
      });
    });

    describe('the Prisma client', () => {
      test('stores every type that the services use and reads it back', async () => {
        const row = account('types', 2n ** 53n + 1n);
        await prisma.account.create({ data: row });
        expect(await prisma.account.findUniqueOrThrow({ where: { id: 'types' } })).toEqual(row);
      });

      test('tells a duplicate by its code and field', async () => {
        await prisma.account.create({ data: account('twin') });
        await expect(prisma.account.create({ data: account('twin') })).rejects.toMatchObject({
          code: 'P2002',
        });
        await expect(
          asService(`INSERT INTO "Account" SELECT * FROM "Account" WHERE id = 'twin'`),
        ).rejects.toMatchObject({
          code: '23505',
          constraint: 'Account_pkey',
        });
      });

      test('commits a transaction whole or not at all', async () => {
        const before = await prisma.account.count();
        const failing = prisma.$transaction(async (inner) => {
          await inner.account.create({ data: account('half') });
          throw new Error('changed my mind');
        });
        await expect(failing).rejects.toThrow('changed my mind');
        expect(await prisma.account.count()).toBe(before);
        await prisma.$transaction(async (inner) => {
          await inner.account.create({ data: account('whole-1') });
          await inner.account.create({ data: account('whole-2') });
        });
        expect(await prisma.account.count()).toBe(before + 2);
      });

      test('refuses one of two serializable transactions that cannot both be', async () => {
        await prisma.account.create({ data: account('left') });
        await prisma.account.create({ data: account('right') });
        // Each reads both rows and writes one: each alone is fine, together they are not.
        let readBoth = 0;
        let release: (value?: unknown) => void = () => undefined;
        const bothHaveRead = new Promise((resolve) => {
          release = resolve;
        });
        const take = async (id: string): Promise<void> => {
          await prisma.$transaction(
            async (inner) => {
              await inner.account.findMany({
                where: { id: { in: ['left', 'right'] } },
                orderBy: { id: 'asc' },
              });
              readBoth += 1;
              if (readBoth === 2) release();
              await bothHaveRead;
              await inner.account.update({ where: { id }, data: { balance: 0n } });
            },
            { isolationLevel: 'Serializable' },
          );
        };
        const results = await Promise.allSettled([take('left'), take('right')]);
        expect(results.map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
        const [refused]: unknown[] = results.flatMap((result) =>
          result.status === 'rejected' ? [result.reason] : [],
        );
        // PostgreSQL may notice at a statement, which Prisma reports as P2034, or at the commit, where the error
        // of the driver adapter comes through as it is.
        expect(inspect(refused)).toMatch(/P2034|TransactionWriteConflict/);
      });

      test('gives up a statement after statement_timeout, and serves the next', async () => {
        // Long enough for the next one, which it bounds too, on a machine that is busy with other things.
        const hurried = generated.connect(
          new PrismaPg({ connectionString: subject.url, statement_timeout: 2_000, max: 1 }),
        );
        try {
          await expect(hurried.$queryRawUnsafe('SELECT pg_sleep(30)::text')).rejects.toThrow(
            'canceling statement due to statement timeout',
          );
          expect(await hurried.account.count()).toBeGreaterThan(0);
        } finally {
          await hurried.$disconnect();
        }
      });
    });

    test('a statement is cancelled by another session of the service', async () => {
      const client = new Client({ connectionString: subject.url });
      await client.connect();
      try {
        const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
        const sleeping = client.query('SELECT pg_sleep(60)').catch((error: unknown) => error);
        const cancel = `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE pid = ${rows[0]?.pid} AND query LIKE '%pg_sleep%' AND state = 'active'`;
        while ((await asService(cancel)).length === 0);
        expect(await sleeping).toMatchObject({ code: '57014' });
        expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
      } finally {
        await client.end();
      }
    });

    test('rows are listed in one order on every system', async () => {
      const rows = await asService(
        `SELECT v FROM (VALUES ('b'), ('B'), ('a'), ('é'), ('_')) AS t (v) ORDER BY v COLLATE "C"`,
      );
      expect(rows.map((row) => row['v'])).toEqual(['B', '_', 'a', 'b', 'é']);
    });
  });
}
