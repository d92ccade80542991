import { pino } from 'pino';
import { describe, expect, test } from 'vitest';

import { diagnoseMigrations } from '../databases/migrations/migrate-database.ts';
import { openServiceDatabase } from '../tests/support/service-database.ts';

describe('migrations make what the schema declares, and nothing is left over', () => {
  for (const [service, kind] of [
    ['accounts', 'postgres'],
    ['catalog', 'mongo'],
    ['inventory', 'postgres'],
    ['orders', 'postgres'],
    ['reviews', 'mongo'],
  ] as const)
    test(service, async () => {
      const database = await openServiceDatabase(service, 0);
      try {
        const diagnosis = await diagnoseMigrations({
          service,
          kind,
          folder: `${import.meta.dirname}/${service}`,
          ownerUrl: database.ownerUrl,
          log: pino({ level: 'silent' }),
        });
        expect(diagnosis).toEqual({
          pending: [],
          edited: [],
          failed: [],
          unknown: [],
          undeclared: undefined,
        });
      } finally {
        await database.close();
      }
    });
});
