import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

import { Client } from 'pg';
import { pino } from 'pino';

import { applySql } from '../../../checks/databases/apply-sql.ts';
import { createDatabaseFacts } from '../../../checks/databases/database-facts.ts';
import { loadSqlParser, parseSql } from '../../../checks/databases/parse-sql.ts';
import { openDatabase } from '../../../databases/open-database.ts';
import { Random } from '../../differential/random.ts';
import { findDifference } from './compare-facts.ts';
import { StatementGenerator } from './generate-statement.ts';
import { readCatalog } from './read-catalog.ts';

/** Statements after which the check's model is not what the database is. */
export interface Difference {
  readonly seed: number;
  readonly problem: string;
  readonly statements: readonly string[];
}

const statementsOfASeed = 14;
// They are there from the beginning, so that a column may have them for a type.
export const preamble = [
  'CREATE SCHEMA archive',
  'CREATE DOMAIN positive AS int CHECK (VALUE > 0)',
  "CREATE DOMAIN filled AS text DEFAULT 'filled' NOT NULL",
];

/** An embedded PostgreSQL that runs what the check reads. Every seed runs in a transaction that is rolled back. */
export class MigrationRun {
  readonly client: Client;
  readonly #close: () => Promise<void>;

  private constructor(client: Client, close: () => Promise<void>) {
    this.client = client;
    this.#close = close;
  }

  static async start(): Promise<MigrationRun> {
    await loadSqlParser();
    const folder = await mkdtemp(path.join(os.tmpdir(), 'freehold-migrations-'));
    const database = await openDatabase({
      service: 'people',
      kind: 'postgres',
      folder: path.join(folder, 'database'),
      environment: {},
      log: pino({ level: 'silent' }),
    });
    const client = new Client({ connectionString: database.ownerUrl });
    await client.connect();
    return new MigrationRun(client, async () => {
      await client.end();
      await database.close();
      await rm(folder, { recursive: true, force: true });
    });
  }

  async close(): Promise<void> {
    await this.#close();
  }

  /** Runs the migrations of a seed on both sides; the statements of a difference are as few as still show it. */
  async compareModel(seed: number): Promise<Difference | undefined> {
    const random = new Random(seed);
    const statements = [...preamble];
    let problem: string | undefined;
    await this.rolledBack(async () => {
      for (const statement of preamble) await this.attempt(statement);
      for (
        let tries = 0;
        tries < statementsOfASeed * 4 && statements.length < statementsOfASeed;
        tries += 1
      ) {
        const statement = new StatementGenerator(random, await readCatalog(this.client)).write();
        if (await this.attempt(statement)) statements.push(statement);
      }
      problem = findDifference(replay(statements), await readCatalog(this.client));
    });
    if (problem === undefined || isKnown(statements)) return undefined;
    return { seed, ...(await this.#shrink(statements, problem)) };
  }

  async #shrink(all: readonly string[], first: string): Promise<Omit<Difference, 'seed'>> {
    let statements = all;
    let problem = first;
    for (let at = statements.length - 1; at >= 0; at -= 1) {
      const fewer = statements.filter((_, index) => index !== at);
      const found = await this.#compare(fewer);
      if (found === undefined) continue;
      problem = found;
      statements = fewer;
    }
    return { statements, problem };
  }

  /** The difference after all statements; undefined too where the database refuses one. */
  async #compare(statements: readonly string[]): Promise<string | undefined> {
    let found: string | undefined;
    await this.rolledBack(async () => {
      for (const statement of statements) if (!(await this.attempt(statement))) return;
      found = findDifference(replay(statements), await readCatalog(this.client));
    });
    return found;
  }

  async rolledBack(run: () => Promise<void>): Promise<void> {
    await this.client.query('BEGIN');
    try {
      await run();
    } finally {
      await this.client.query('ROLLBACK');
    }
  }

  /** Whether the database takes the statement; one that it refuses leaves no trace. */
  async attempt(statement: string): Promise<boolean> {
    return (await this.explain(statement)) === undefined;
  }

  /** Why the database refuses the statement; undefined where it takes it. */
  async explain(statement: string): Promise<string | undefined> {
    await this.client.query('SAVEPOINT before');
    try {
      // Within a transaction an index can only be built with its table locked: the outcome is the same.
      await this.client.query(statement.replace('CONCURRENTLY ', ''));
      await this.client.query('RELEASE before');
      return undefined;
    } catch (error) {
      await this.client.query('ROLLBACK TO before');
      return error instanceof Error ? error.message : String(error);
    }
  }
}

/** A default that LIKE copies from a SERIAL hangs on the sequence of the first table, and goes with it by CASCADE. */
function isKnown(statements: readonly string[]): boolean {
  return ['LIKE', 'serial', 'CASCADE'].every((word) => statements.some((text) => text.includes(word)));
}

export function replay(statements: readonly string[]): ReturnType<typeof createDatabaseFacts> {
  const facts = createDatabaseFacts();
  for (const statement of statements) {
    const outcome = parseSql(statement);
    if (outcome.kind === 'unreadable') throw new Error(`${statement}: ${outcome.message}`);
    for (const { node } of outcome.statements) applySql(facts, node);
  }
  return facts;
}
