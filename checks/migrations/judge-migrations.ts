import type { Migration } from '../databases/migration.ts';
import { applyMongo, migrationCommands, parseMongoMigration } from '../databases/mongo-migration.ts';
import { applySql } from '../databases/apply-sql.ts';
import { endSession } from '../databases/find-relation.ts';
import { parseSql } from '../databases/parse-sql.ts';
import { replay, type ServiceDatabase } from '../databases/service-database.ts';
import type { Finding } from '../finding.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { judgeFolders } from './judge-folders.ts';
import { describeHazard, type MigrationsContext } from './describe-hazard.ts';
import { findNameInCode } from './find-readers.ts';
import type { HazardContext, JudgedStatement } from './hazard.ts';
import { judgeHistory } from './judge-history.ts';
import { judgeMongo } from './judge-mongo.ts';
import { findLonely } from './find-lonely.ts';
import { judgeStatement } from './judge-statement.ts';

/** A migration that is new in the head, judged. */
export interface JudgedMigration {
  readonly service: string;
  readonly migration: Migration;
  readonly statements: readonly JudgedStatement[];
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
    findings.push(
      ...judgeHistory(service, base?.migrations ?? [], head.migrations),
      ...judgeFolders(context, head),
      ...judgeDeclaration(base, head),
    );
    const known = new Set(base?.migrations.map(({ name }) => name));
    const deployed = replay(base?.migrations ?? [], head.kind);
    const now = replay(base?.migrations ?? [], head.kind);
    for (const migration of head.migrations.filter(({ name }) => !known.has(name))) {
      const outcome = judgeMigration(head, migration, {
        now,
        deployed,
        earlier: [],
        later: [],
        laterCommands: [],
        models: base?.models ?? [],
        isNamedInCode: (name) => findNameInCode(context.base, service, name).length > 0,
      });
      findings.push(...outcome.findings);
      migrations.push({ service, migration, statements: outcome.statements });
      for (const { line, hazards } of outcome.statements)
        for (const hazard of hazards)
          findings.push(describeHazard(hazard, { file: migration.file, line }, head, base, context));
    }
  }
  for (const [service, { migrations: removed }] of context.baseDatabases)
    if (!context.headDatabases.has(service) && isStillThere(context.head, service))
      findings.push(...judgeHistory(service, removed, []));
  return { findings, migrations };
}

/** Without its declaration a database is compared with nothing, and everything would seem to be in step. */
function judgeDeclaration(
  base: ServiceDatabase | undefined,
  { declaration, service }: ServiceDatabase,
): Finding[] {
  if (base?.declaration === undefined || declaration !== undefined) return [];
  const { file } = base.declaration;
  return [
    {
      rule: 'schema-out-of-step',
      judgement: 'migrations',
      severity: 'breaking',
      subject: `${service}/${file}`,
      what: `${service}: ${file} is removed.`,
      baseLocation: { file, line: 1 },
      why: 'It says what the migrations have to make: the next one is written from it, and without it none is judged by it.',
      hits: [],
      next: ['Restore it.'],
    },
  ];
}

/** A service that goes may take its migrations with it; one that stays has a database which has run them. */
function isStillThere({ subgraphs }: Snapshot, service: string): boolean {
  return subgraphs.some(({ name }) => name === service);
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
      const judged = judgeStatement(node, around, () => applySql(context.now, node));
      statements.push(...judged.map((one) => ({ ...one, line })));
    }
    endSession(context.now);
    const lonely = outcome.statements.find(({ node }) => findLonely(node) !== undefined);
    if (lonely !== undefined && outcome.statements.length > 1)
      findings.push(notAlone(database, migration, lonely.line, findLonely(lonely.node) ?? ''));
  } else
    for (const [at, command] of outcome.commands.entries()) {
      const { name, line, body } = command;
      if (!migrationCommands.includes(name) || typeof body[name] !== 'string')
        findings.push(unreadable(database, migration, line, explainUnknown(at, name)));
      const around = { ...context, laterCommands: outcome.commands.slice(at + 1) };
      statements.push(...judgeMongo(command, around).map((judged) => ({ ...judged, line })));
      applyMongo(context.now, command);
    }
  return { findings: [...findings, ...judgePhases(database, file, migration.name, statements)], statements };
}

function explainUnknown(at: number, name: string): string {
  return `commands[${at}] begins with ${JSON.stringify(name)}; expected one of ${migrationCommands.join(', ')}, followed by the name of a collection.`;
}

function unreadable(database: ServiceDatabase, migration: Migration, line: number, message: string): Finding {
  return {
    rule: 'migration-unreadable',
    judgement: 'migrations',
    severity: 'breaking',
    subject: `${database.service}/${migration.name}`,
    what: `Migration ${migration.name} of ${database.service} cannot be read: ${message}`,
    location: { file: migration.file, line },
    why: 'What runs migrations refuses it as well, and everything after it waits.',
    hits: [],
    next: ['Mend the migration.'],
  };
}

function notAlone(database: ServiceDatabase, migration: Migration, line: number, word: string): Finding {
  return {
    rule: 'concurrently-not-alone',
    judgement: 'migrations',
    severity: 'breaking',
    subject: `${database.service}/${migration.name}`,
    what: `Migration ${migration.name} of ${database.service} has ${word} beside other statements.`,
    location: { file: migration.file, line },
    why: `The file runs as one transaction, and PostgreSQL refuses ${word} in a transaction: the migration fails.`,
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
