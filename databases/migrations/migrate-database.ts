import type {
  ApplyOptions,
  CreatedMigration,
  CreateOptions,
  Diagnosis,
  MigrationOutcome,
  MigrationTarget,
} from './migration-target.ts';

/** What each kind of database does its own way. */
interface Migrator {
  apply(options: ApplyOptions): Promise<MigrationOutcome>;
  create(options: CreateOptions): Promise<CreatedMigration | undefined>;
  diagnose(target: MigrationTarget): Promise<Diagnosis>;
}

/**
 * Applies the migrations that the database has not got yet, in the order of their names. Safe to run twice and
 * by several processes at once: the later ones wait and find nothing to do.
 *
 * @throws {MigrationError} when a migration fails or an applied one was changed.
 */
export async function applyMigrations(options: ApplyOptions): Promise<MigrationOutcome> {
  return await (await loadMigrator(options)).apply(options);
}

/**
 * Writes the next migration: what leads from the existing ones to the declared schema. Undefined when they
 * agree; nothing is written then.
 */
export async function createMigration(options: CreateOptions): Promise<CreatedMigration | undefined> {
  return await (await loadMigrator(options)).create(options);
}

/** Tells what is not in order, changes nothing. */
export async function diagnoseMigrations(target: MigrationTarget): Promise<Diagnosis> {
  return await (await loadMigrator(target)).diagnose(target);
}

async function loadMigrator({ kind }: MigrationTarget): Promise<Migrator> {
  if (kind === 'mongo') {
    const mongo = await import('./mongo/mongo-migrations.ts');
    return {
      apply: mongo.applyMongoMigrations,
      create: mongo.createMongoMigration,
      diagnose: mongo.diagnoseMongoMigrations,
    };
  }
  const prisma = await import('./prisma/prisma-migrations.ts');
  return {
    apply: prisma.applyPrismaMigrations,
    create: prisma.createPrismaMigration,
    diagnose: prisma.diagnosePrismaMigrations,
  };
}
