import { hasIndexOn, withWholeIndexes } from '../databases/database-facts.ts';
import type { ServiceDatabase } from '../databases/service-database.ts';
import type { Finding, SourceLocation } from '../finding.ts';
import type { Evidence } from '../operations/evidence.ts';
import type { Snapshot } from '../project/snapshot.ts';
import {
  findReaders,
  findSearchers,
  printAnswered,
  type ReaderContext,
  type Readers,
} from './find-readers.ts';
import { findWriters } from './find-writers.ts';
import type { Hazard, TakenAway } from './hazard.ts';

export interface MigrationsContext {
  readonly base: Snapshot;
  readonly head: Snapshot;
  readonly baseDatabases: ReadonlyMap<string, ServiceDatabase>;
  readonly headDatabases: ReadonlyMap<string, ServiceDatabase>;
  readonly evidence: Evidence | undefined;
  /** Configured tables by `service.Type`. */
  readonly tables: Readonly<Record<string, string>>;
}

/** What a person is told of a hazard: with who reads, writes or searches what it touches. */
export function describeHazard(
  hazard: Hazard,
  location: SourceLocation,
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
    location,
    why: hazard.why,
    hits: [],
    next: hazard.next,
  };
  if (database === undefined) return plain;
  const readers = { base: context.base, database, evidence: context.evidence, tables: context.tables };
  if (hazard.takesAway !== undefined) return addReaders(plain, hazard.takesAway, readers);
  if (hazard.hides !== undefined) return addBlinded(plain, hazard.hides.table, readers);
  if (hazard.requires !== undefined) return addWriters(plain, hazard.requires, readers);
  if (hazard.unindexes !== undefined) return addSearchers(plain, hazard.unindexes, readers, head);
  return plain;
}

function addReaders(
  finding: Finding,
  { table, column, byName = false }: TakenAway,
  context: ReaderContext,
): Finding {
  const readers = findReaders(context, table, column);
  // In PostgreSQL the declaration decides: Prisma selects every column that it knows. MongoDB has none, so there the
  // code and the GraphQL fields are what tells.
  const isRead =
    readers.declared !== undefined ||
    (byName && readers.code.length > 0) ||
    (context.database.kind === 'mongo' && (readers.code.length > 0 || readers.fields.length > 0));
  if (!isRead) return addUnread(finding, readers);
  const related = [...(readers.declared === undefined ? [] : [readers.declared]), ...readers.code];
  return {
    ...finding,
    severity: 'breaking',
    why: `The version of ${context.database.service} now deployed still reads it, and runs until the new one has taken over: its queries fail from the migration on.${printAnswered(readers.fields)} ${finding.why}`,
    ...(related.length === 0 ? {} : { related }),
    hits: readers.hits,
  };
}

/** A name in the code may be that of something else, so that it alone breaks nothing; SQL by hand would name it so. */
function addUnread(finding: Finding, { code }: Readers): Finding {
  if (code.length === 0)
    return { ...finding, why: `${finding.why} The version now deployed no longer reads it.` };
  return {
    ...finding,
    why: `${finding.why} The version now deployed does not declare it, but its code has the name: SQL that is written by hand there may still read it.`,
    related: code,
  };
}

/** What is hidden is no error: whoever reads it gets an answer without it. */
function addBlinded(finding: Finding, table: string, context: ReaderContext): Finding {
  const { declared, fields, hits } = findReaders(context, table, undefined);
  return {
    ...finding,
    why: `${finding.why}${printAnswered(fields)}`,
    ...(declared === undefined ? {} : { related: [declared] }),
    hits,
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
    (column, isNested) => hasIndexOn(withWholeIndexes(left), column, isNested),
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
