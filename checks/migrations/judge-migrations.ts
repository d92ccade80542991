import { hasIndexOn } from '../databases/database-facts.ts';
import type { Migration } from '../databases/migration.ts';
import { applyMongo, parseMongoMigration } from '../databases/mongo-migration.ts';
import { applySql } from '../databases/apply-sql.ts';
import { parseSql } from '../databases/parse-sql.ts';
import { replay, type ServiceDatabase } from '../databases/service-database.ts';
import type { Finding } from '../finding.ts';
import type { Evidence } from '../operations/evidence.ts';
import type { Snapshot } from '../project/snapshot.ts';
import {
  findNameInCode,
  findReaders,
  findSearchers,
  printAnswered,
  type ReaderContext,
} from './find-readers.ts';
import { findWriters } from './find-writers.ts';
import type { Hazard, HazardContext, JudgedStatement } from './hazard.ts';
import { judgeHistory } from './judge-history.ts';
import { judgeMongo } from './judge-mongo.ts';
import { isConcurrent, judgeSql } from './judge-sql.ts';

/** A migration that is new in the head, judged. */
export interface JudgedMigration {
  readonly service: string;
  readonly migration: Migration;
  readonly statements: readonly JudgedStatement[];
}

export interface MigrationsContext {
  readonly base: Snapshot;
  readonly baseDatabases: ReadonlyMap<string, ServiceDatabase>;
  readonly headDatabases: ReadonlyMap<string, ServiceDatabase>;
  readonly evidence: Evidence | undefined;
  /** Configured tables by `service.Type`. */
  readonly tables: Readonly<Record<string, string>>;
}

/** Judges the migrations that the head adds, and how its history of migrations differs from the base's. */
export function judgeMigrations(context: MigrationsContext): {
  findings: Finding[];
  migrations: JudgedMigration[];
} {
  const findings: Finding[] = [];
  const migrations: JudgedMigration[] = [];
  for (const [service, head] of context.headDatabases) {
    const base = context.baseDatabases.get(service);
    findings.push(...judgeHistory(service, base?.migrations ?? [], head.migrations));
    const known = new Set(base?.migrations.map(({ name }) => name));
    const deployed = replay(base?.migrations ?? [], head.kind);
    const now = replay(base?.migrations ?? [], head.kind);
    for (const migration of head.migrations.filter(({ name }) => !known.has(name))) {
      const outcome = judgeMigration(head, migration, {
        now,
        deployed,
        earlier: [],
        later: [],
        models: base?.models ?? [],
        isNamedInCode: (name) => findNameInCode(context.base, service, name).length > 0,
      });
      findings.push(...outcome.findings);
      migrations.push({ service, migration, statements: outcome.statements });
      for (const { line, hazards } of outcome.statements)
        for (const hazard of hazards)
          findings.push(describeHazard(hazard, migration, line, head, base, context));
    }
  }
  return { findings, migrations };
}

function judgeMigration(
  database: ServiceDatabase,
  migration: Migration,
  context: HazardContext,
): { findings: Finding[]; statements: JudgedStatement[] } {
  const { file, text } = migration;
  const outcome = database.kind === 'postgres' ? parseSql(text) : parseMongoMigration(text);
  if (outcome.kind === 'unreadable') {
    const finding = unreadable(database, migration, outcome.line, outcome.message);
    return { findings: [finding], statements: [] };
  }
  const statements: JudgedStatement[] = [];
  const findings: Finding[] = [];
  if ('statements' in outcome) {
    const nodes = outcome.statements.map(({ node }) => node);
    for (const [at, { node, line }] of outcome.statements.entries()) {
      const around = { ...context, earlier: nodes.slice(0, at), later: nodes.slice(at + 1) };
      statements.push(...judgeSql(node, around).map((judged) => ({ ...judged, line })));
      applySql(context.now, node);
    }
    const concurrent = outcome.statements.find(({ node }) => isConcurrent(node));
    if (concurrent !== undefined && outcome.statements.length > 1)
      findings.push(notAlone(database, migration, concurrent.line));
  } else
    for (const command of outcome.commands) {
      statements.push(...judgeMongo(command, context).map((judged) => ({ ...judged, line: command.line })));
      applyMongo(context.now, command);
    }
  return { findings: [...findings, ...judgePhases(database, file, migration.name, statements)], statements };
}

function unreadable(database: ServiceDatabase, migration: Migration, line: number, message: string): Finding {
  return {
    rule: 'migration-unreadable',
    judgement: 'migrations',
    severity: 'breaking',
    subject: `${database.service}/${migration.name}`,
    what: `Migration ${migration.name} of ${database.service} cannot be read: ${message}`,
    location: { file: migration.file, line },
    why: 'The database refuses it as well, and everything after it waits.',
    hits: [],
    next: ['Mend the migration.'],
  };
}

function notAlone(database: ServiceDatabase, migration: Migration, line: number): Finding {
  return {
    rule: 'concurrently-not-alone',
    judgement: 'migrations',
    severity: 'breaking',
    subject: `${database.service}/${migration.name}`,
    what: `Migration ${migration.name} of ${database.service} has CONCURRENTLY beside other statements.`,
    location: { file: migration.file, line },
    why: 'The file runs as one transaction, and PostgreSQL refuses CONCURRENTLY in a transaction: the migration fails.',
    hits: [],
    next: ['Move the statement to a migration of its own.'],
  };
}

function judgePhases(
  database: ServiceDatabase,
  file: string,
  name: string,
  statements: readonly JudgedStatement[],
): Finding[] {
  const taking = statements.find(
    ({ phase, hazards }) => phase === 'contract' && hazards.some((hazard) => hazard.takesAway !== undefined),
  );
  const giving = statements.find(({ phase }) => phase === 'expand');
  if (taking === undefined || giving === undefined) return [];
  return [
    {
      rule: 'phases-mixed',
      judgement: 'migrations',
      severity: 'warning',
      subject: `${database.service}/${name}`,
      what: `Migration ${name} of ${database.service} both adds (${giving.summary}) and takes away (${taking.summary}).`,
      location: { file, line: taking.line },
      why: 'What the new version needs has to run before it is deployed, and what the old version reads may only go after that.',
      hits: [],
      next: [`Split it: "${giving.summary}" now, "${taking.summary}" in a later change.`],
    },
  ];
}

function describeHazard(
  hazard: Hazard,
  migration: Migration,
  line: number,
  head: ServiceDatabase,
  database: ServiceDatabase | undefined,
  context: MigrationsContext,
): Finding {
  const { service } = head;
  const plain: Finding = {
    rule: hazard.rule,
    judgement: 'migrations',
    severity: hazard.severity,
    subject: `${service}/${hazard.table}${hazard.part === undefined ? '' : `.${hazard.part}`}`,
    what: `${service}: ${hazard.what}`,
    location: { file: migration.file, line },
    why: hazard.why,
    hits: [],
    next: hazard.next,
  };
  if (database === undefined) return plain;
  const readers = { base: context.base, database, evidence: context.evidence, tables: context.tables };
  if (hazard.takesAway !== undefined) return addReaders(plain, hazard.takesAway, readers);
  if (hazard.requires !== undefined) return addWriters(plain, hazard.requires, readers);
  if (hazard.unindexes !== undefined) return addSearchers(plain, hazard.unindexes, readers, head);
  return plain;
}

function addReaders(
  finding: Finding,
  { table, column }: { table: string; column?: string },
  context: ReaderContext,
): Finding {
  const readers = findReaders(context, table, column);
  // In PostgreSQL the declaration decides: Prisma selects every column that it knows. MongoDB has none, so there the
  // code and the GraphQL fields are what tells.
  const isRead =
    readers.declared !== undefined ||
    (context.database.kind === 'mongo' && (readers.code.length > 0 || readers.fields.length > 0));
  if (!isRead)
    return {
      ...finding,
      why: `${finding.why} The version now deployed no longer reads it.`,
    };
  const related = [...(readers.declared === undefined ? [] : [readers.declared]), ...readers.code];
  return {
    ...finding,
    severity: 'breaking',
    why: `The version of ${context.database.service} now deployed still reads it, and runs until the new one has taken over: its queries fail from the migration on.${printAnswered(readers.fields)} ${finding.why}`,
    ...(related.length === 0 ? {} : { related }),
    hits: readers.hits,
  };
}

function addWriters(
  finding: Finding,
  { table, column }: { table: string; column?: string },
  context: ReaderContext,
): Finding {
  const { declared, fields } = findReaders(context, table, column);
  return {
    ...finding,
    why: `${finding.why}${printAnswered(fields)}`,
    ...(declared === undefined ? {} : { related: [declared] }),
    hits: findWriters(context, table),
  };
}

function addSearchers(
  finding: Finding,
  { table, columns }: { table: string; columns: readonly string[] },
  context: ReaderContext,
  head: ServiceDatabase,
): Finding {
  const left = head.facts.tables.get(table);
  if (left === undefined) return finding;
  const { choosers, hits } = findSearchers(
    context,
    table,
    (column, isNested) => hasIndexOn(left, column, isNested),
    columns,
  );
  if (choosers.length === 0)
    return {
      ...finding,
      why: `${finding.why} As far as the schema tells, no client can choose such a search.`,
    };
  const related = choosers.filter(({ file }) => file !== '');
  return {
    ...finding,
    why: `${finding.why} Clients search so by ${choosers.map(({ label }) => label).join(', ')}.`,
    ...(related.length === 0 ? {} : { related }),
    hits,
  };
}
