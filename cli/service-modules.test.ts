import { expect, test } from 'vitest';

import { readDatabaseUrl } from './service-modules.ts';

const read = (url: string): string => readDatabaseUrl('catalog', { CATALOG_DATABASE_URL: url });

test.each([
  'postgresql://user:pass@localhost/catalog?sslmode=disable',
  'mongodb+srv://user:pass@cluster.example/catalog',
  'mongodb://user:pass@one.example:27017,two.example:27018/catalog?replicaSet=rs0',
  'mongodb://one.example:27017,two.example:27018,[::1]:27019/?replicaSet=rs0',
])('takes %s for the URL of a database', (url) => {
  expect(read(url)).toBe(url);
});

test.each(['catalog', 'mongodb://user:pass@one.example:27017,two.example:port/catalog'])(
  'refuses %s',
  (url) => {
    expect(() => read(url)).toThrow(/^CATALOG_DATABASE_URL is no URL; expected/);
  },
);
