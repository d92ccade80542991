import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import type { PrismaPg } from '@prisma/adapter-pg';

/** What the contract uses of the generated client. */
export interface AccountClient {
  readonly account: {
    create(query: { data: AccountRow }): Promise<AccountRow>;
    findMany(query: { where?: object; orderBy: object }): Promise<AccountRow[]>;
    update(query: { where: { id: string }; data: object }): Promise<AccountRow>;
    findUniqueOrThrow(query: { where: { id: string } }): Promise<AccountRow>;
    count(): Promise<number>;
  };
  $transaction<T>(use: (client: AccountClient) => Promise<T>, options?: object): Promise<T>;
  $queryRawUnsafe(sql: string): Promise<unknown>;
  $disconnect(): Promise<void>;
}

export interface AccountRow {
  id: string;
  email: string;
  balance: bigint;
  openedAt: Date;
  tags: string[];
  details: unknown;
}

export interface GeneratedClient {
  connect(adapter: PrismaPg): AccountClient;
  remove(): Promise<void>;
}

export const schema = `
datasource db {
  provider = "postgresql"
}

model Account {
  id       String   @id
  email    String   @unique
  balance  BigInt
  openedAt DateTime @db.Timestamptz(3)
  tags     String[]
  details  Json
}
`;

/** Generates a Prisma client for the contract's own schema, as the build does for the services. */
export async function generateClient(): Promise<GeneratedClient> {
  // Inside the repository, because the generated code imports @prisma/client; ignored by git.
  const root = path.resolve(import.meta.dirname, '../../..');
  const folder = path.join(root, '.freehold', 'programs', randomUUID());
  await mkdir(folder, { recursive: true });
  const file = path.join(folder, 'schema.prisma');
  const generator = `generator client {
  provider               = "prisma-client"
  output                 = "./client"
  runtime                = "nodejs"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "ts"
}
`;
  await writeFile(file, generator + schema);
  await promisify(execFile)(
    path.join(root, 'node_modules/.bin/prisma'),
    ['generate', '--schema', file, '--no-hints'],
    // Any file will do: generating needs no engine, but the command wants to see one first.
    { env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: file, CHECKPOINT_DISABLE: '1' } },
  );
  const generated: unknown = await import(
    /* @vite-ignore */ pathToFileURL(path.join(folder, 'client/client.ts')).href
  );
  const { PrismaClient } = generated as {
    PrismaClient: new (options: { adapter: PrismaPg; transactionOptions: object }) => AccountClient;
  };
  // Prisma's own limits of 2 and 5 s are none of what is tried.
  const transactionOptions = { maxWait: 30_000, timeout: 30_000 };
  return {
    connect: (adapter) => new PrismaClient({ adapter, transactionOptions }),
    async remove() {
      await rm(folder, { recursive: true, force: true });
    },
  };
}
