import type { DatabaseKind, Snapshot, SubgraphSnapshot } from '../project/snapshot.ts';
import { applySql } from './apply-sql.ts';
import { createDatabaseFacts, type DatabaseFacts } from './database-facts.ts';
import { endSession } from './find-relation.ts';
import { listMigrations, type Migration } from './migration.ts';
import { applyMongo, parseCollections, parseMongoMigration } from './mongo-migration.ts';
import { parseSql } from './parse-sql.ts';
import { parsePrismaModels, type PrismaModel } from './prisma-models.ts';

/** The database of one service on one side, as its files tell it. */
export interface ServiceDatabase {
  readonly service: string;
  readonly kind: DatabaseKind;
  readonly migrations: readonly Migration[];
  /** The tables that all migrations together make. */
  readonly facts: DatabaseFacts;
  /** Models of schema.prisma; of a MongoDB service none. */
  readonly models: readonly PrismaModel[];
  /** The file that declares the database: schema.prisma or collections.json; undefined when there is none. */
  readonly declaration: { readonly file: string; readonly text: string } | undefined;
}

const fileNames: Readonly<Record<DatabaseKind, { migration: string; declaration: string }>> = {
  postgres: { migration: 'migration.sql', declaration: 'schema.prisma' },
  mongo: { migration: 'migration.json', declaration: 'collections.json' },
};

/** Reads the databases of all services that have one. */
export function loadDatabases(snapshot: Snapshot): Map<string, ServiceDatabase> {
  return new Map(
    snapshot.subgraphs.flatMap((subgraph) => {
      const database = loadDatabase(snapshot, subgraph);
      return database === undefined ? [] : [[subgraph.name, database] as const];
    }),
  );
}

function loadDatabase(snapshot: Snapshot, subgraph: SubgraphSnapshot): ServiceDatabase | undefined {
  const { name: service, database: kind } = subgraph;
  if (kind === undefined) return undefined;
  const migrations = listMigrations(snapshot, service, fileNames[kind].migration);
  const file = `prisma/${service}/${fileNames[kind].declaration}`;
  const text = snapshot.files.get(file);
  if (migrations.length === 0 && text === undefined) return undefined;
  const models = kind === 'postgres' && text !== undefined ? parsePrismaModels(text, file) : [];
  const facts =
    migrations.length === 0 && kind === 'mongo' && text !== undefined
      ? (parseCollections(text) ?? createDatabaseFacts())
      : replay(migrations, kind);
  return {
    service,
    kind,
    migrations,
    facts,
    models,
    declaration: text === undefined ? undefined : { file, text },
  };
}

/** What the migrations make of an empty database. One that cannot be read is passed over here and reported there. */
export function replay(migrations: readonly Migration[], kind: DatabaseKind): DatabaseFacts {
  const facts = createDatabaseFacts();
  for (const { text } of migrations) {
    if (kind === 'postgres') {
      const outcome = parseSql(text);
      if (outcome.kind === 'parsed') for (const { node } of outcome.statements) applySql(facts, node);
      endSession(facts);
    } else {
      const outcome = parseMongoMigration(text);
      if (outcome.kind === 'parsed') for (const command of outcome.commands) applyMongo(facts, command);
    }
  }
  return facts;
}
