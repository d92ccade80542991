import { afterEach, expect, test, vi } from 'vitest';

import { runSeed } from './run-seed.ts';

afterEach(() => {
  vi.unstubAllEnvs();
});

// Nothing listens on port 1.
test.each([
  ['accounts', 'ACCOUNTS_DATABASE_URL', 'postgresql://a:b@127.0.0.1:1/accounts'],
  ['catalog', 'CATALOG_DATABASE_URL', 'mongodb://a:b@127.0.0.1:1/catalog?serverSelectionTimeoutMS=100'],
])('tells in one sentence that the database of %s does not take the rows', async (name, variable, url) => {
  vi.stubEnv(variable, url);
  await expect(runSeed(name, 1)).rejects.toMatchObject({
    name: 'DatabaseError',
    message: expect.stringMatching(
      new RegExp(
        `^The database of ${name} does not take its sample data: connect ECONNREFUSED .*${variable}`,
      ),
    ),
  });
});
