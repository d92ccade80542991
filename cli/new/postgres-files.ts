import type { NewFiles } from './service-files.ts';
import type { ServiceNames } from './service-names.ts';

/** What a service has of its own because its database is PostgreSQL. */
export function listPostgresFiles(names: ServiceNames): NewFiles {
  const { service } = names;
  return {
    [`subgraphs/${service}/subgraph.ts`]: writeSubgraph(names),
    [`subgraphs/${service}/queries.ts`]: writeQueries(names),
    [`prisma/${service}/schema.prisma`]: writePrismaSchema(names),
    [`prisma/${service}/migrations/migration_lock.toml`]: 'provider = "postgresql"\n',
    [`prisma/${service}/migrations/20260501000000_init/migration.sql`]: writeMigration(names),
    [`prisma/${service}/seed.ts`]: writeSeed(names),
  };
}

function writeSubgraph({ service, type, types }: ServiceNames): string {
  return `import type { DocumentNode } from 'graphql';

import { PrismaClient } from '../../prisma/${service}/client/client.ts';
import { openPrisma } from '../kit/database/postgres.ts';
import { type Subgraph, defineSubgraph } from '../kit/define-subgraph.ts';
import { keyOfField, loadedByKeys } from '../kit/entities/entity-definition.ts';
import { type ${type}Row, load${types} } from './queries.ts';
import { createResolvers } from './resolvers.ts';

/** The service ${service}; \`typeDefs\` is its schema.graphql. */
export function createSubgraph(typeDefs: DocumentNode): Subgraph<PrismaClient> {
  return defineSubgraph<PrismaClient>({
    name: '${service}',
    typeDefs,
    resolvers: createResolvers(),
    entities: {
      ${type}: loadedByKeys(
        keyOfField<PrismaClient, ${type}Row>('id', (batch, { database }) =>
          load${types}(database, batch.keys, batch.asked),
        ),
      ),
    },
    openDatabase: openPrisma((options) => new PrismaClient(options)),
  });
}
`;
}

function writeQueries({ service, type, one, types }: ServiceNames): string {
  return `import type { Prisma, PrismaClient } from '../../prisma/${service}/client/client.ts';
import { selectFields } from '../kit/loading/select-fields.ts';

/** A row as it is read: the key always, the rest when asked for. */
export interface ${type}Row {
  readonly id: string;
  readonly name?: string;
}

const always: Prisma.${type}Select = { id: true };
const byField: Readonly<Record<string, Prisma.${type}Select>> = { name: { name: true } };

/** All with one of these ids, in one statement. */
export async function load${types}(
  database: PrismaClient,
  ids: readonly string[],
  asked: ReadonlySet<string>,
): Promise<${type}Row[]> {
  // Prisma computes the row's type from a selection that is known when compiling; this one is known when running.
  return (await database.${one}.findMany({
    where: { id: { in: [...ids] } },
    select: selectFields(asked, always, byField),
  })) as ${type}Row[];
}

/** The first in the order of their ids. */
export async function list${types}(
  database: PrismaClient,
  limit: number,
  asked: ReadonlySet<string>,
): Promise<${type}Row[]> {
  return (await database.${one}.findMany({
    orderBy: { id: 'asc' },
    take: limit,
    select: selectFields(asked, always, byField),
  })) as ${type}Row[];
}
`;
}

function writePrismaSchema({ service, type, table }: ServiceNames): string {
  return `// The database of the ${service} service. A new field: change it here, then
// \`npx freehold migrate new ${service} NAME\` and \`npx freehold migrate ${service}\`.

generator client {
  provider               = "prisma-client"
  output                 = "./client"
  runtime                = "nodejs"
  moduleFormat           = "esm"
  generatedFileExtension = "ts"
  importFileExtension    = "ts"
  previewFeatures        = ["relationJoins"]
}

datasource db {
  provider = "postgresql"
}

model ${type} {
  id   String @id
  name String

  @@map("${table}")
}

/// Which sample data is in here, so that seeding again adds nothing and brings back nothing that was removed.
model SeedRun {
  scale      Int      @id
  finishedAt DateTime @default(now()) @map("finished_at") @db.Timestamptz(3)

  @@map("seed_runs")
}
`;
}

function writeMigration({ table }: ServiceNames): string {
  return `-- Text is ordered by code point (COLLATE "C"), so that lists are the same on every machine.

-- CreateTable
CREATE TABLE "${table}" (
    "id" TEXT COLLATE "C" NOT NULL,
    "name" TEXT COLLATE "C" NOT NULL,

    CONSTRAINT "${table}_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "seed_runs" (
    "scale" INTEGER NOT NULL,
    "finished_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "seed_runs_pkey" PRIMARY KEY ("scale")
);
`;
}

function writeSeed({ service, type, one, table }: ServiceNames): string {
  return `import { seedPostgres } from '../seed-postgres.ts';
import type { Seed } from '../seeding.ts';

/** Fills the database of ${service} with a few rows to begin with. */
export const seed: Seed = (url, options) =>
  seedPostgres(url, options, [
    {
      table: '${table}',
      count: 5 * options.scale,
      rowsAt: (index) => [{ id: \`${one}-\${index}\`, name: \`${type} \${index}\` }],
    },
  ]);
`;
}
