import type { Logger } from 'pino';

import type { DatabaseKind } from '../database.ts';

/** The database of one service and the files that describe it. */
export interface MigrationTarget {
  readonly service: string;
  readonly kind: DatabaseKind;
  /** `prisma/<service>`: schema.prisma or collections.json, and migrations/. */
  readonly folder: string;
  /** The way in for the role that owns the schema. */
  readonly ownerUrl: string;
  readonly log: Logger;
  /** Gives up waiting and cancels what runs; what was not finished is rolled back or resumed next time. */
  readonly signal?: AbortSignal;
}

export interface ApplyOptions extends MigrationTarget {
  /** Only tell what would be applied; default false. */
  readonly dryRun?: boolean;
  /** Run a failed migration again that controls its own transactions; default false. */
  readonly retry?: boolean;
}

/** Names of migrations, in the order of their application. */
export interface MigrationOutcome {
  /** Applied by this call. */
  readonly applied: readonly string[];
  /** Still missing in the database: after a dry run. */
  readonly pending: readonly string[];
  readonly alreadyApplied: readonly string[];
}

export interface CreateOptions extends MigrationTarget {
  /** What the migration does, for people; becomes a part of its name. */
  readonly name: string;
  /** The time in its name; default now. */
  readonly now?: Date;
}

/** A migration just written; undefined when schema and migrations already agree. */
export interface CreatedMigration {
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** What is not in order between declared schema, migrations and database. Empty lists: all is well. */
export interface Diagnosis {
  /** In the folder, not in the database. */
  readonly pending: readonly string[];
  /** Changed since they were applied. */
  readonly edited: readonly string[];
  /** Begun and neither finished nor rolled back. */
  readonly failed: readonly string[];
  /** In the database, not in the folder: applied by a newer version of the code. */
  readonly unknown: readonly string[];
  /** What the declared schema has and no migration makes, for people; undefined when they agree. */
  readonly undeclared: string | undefined;
}
