import type { Node } from 'libpg-query';

import type { DatabaseFacts } from '../databases/database-facts.ts';
import type { MongoCommand } from '../databases/mongo-migration.ts';
import type { PrismaModel } from '../databases/prisma-models.ts';
import type { Severity } from '../finding.ts';

/** When a change can run: before the new version is deployed, between, or after the old one is gone. */
export type Phase = 'expand' | 'migrate' | 'contract';

/** What a statement or command of a migration does that somebody has to know. */
export interface Hazard {
  readonly rule: string;
  readonly severity: Severity;
  readonly table: string;
  /** The column, index or constraint that it is about, when it is not the whole table. */
  readonly part?: string;
  readonly what: string;
  readonly why: string;
  readonly next: readonly string[];
  /** Set when it takes away what the deployed version may read: it is breaking when that version does. */
  readonly takesAway?: TakenAway;
  /** Set when what the deployed version may write is refused from then on, for what it has in this column or in any. */
  readonly requires?: { readonly table: string; readonly column?: string };
  /** Set when the deployed version no longer sees all rows of the table. */
  readonly hides?: { readonly table: string };
  /** Set when searches by these columns lose their index. */
  readonly unindexes?: { readonly table: string; readonly columns: readonly string[] };
}

/** What a deployed version may read. */
export interface TakenAway {
  readonly table: string;
  readonly column?: string;
  /** Set where the declaration need not know it, so that its name in the code tells that it is read. */
  readonly byName?: boolean;
}

/** A step that takes a statement's place; `deploy` is a version between the one now deployed and the change itself. */
export interface InsteadStep {
  readonly phase: Phase | 'deploy';
  readonly text: string;
}

/** A statement of a migration, judged. */
export interface JudgedStatement {
  readonly line: number;
  readonly phase: Phase;
  /** What it does, in a few words for the plan, such as `drop column users.age`. */
  readonly summary: string;
  readonly hazards: readonly Hazard[];
  /** The steps that do the same without a break; they take its place in the safe order. */
  readonly instead?: readonly InsteadStep[];
}

/** The database before this statement, and before the whole change. */
export interface HazardContext {
  /** As all earlier statements left it. */
  readonly now: DatabaseFacts;
  /** As the base's migrations left it: what is not in here holds no rows yet and is read by nobody. */
  readonly deployed: DatabaseFacts;
  /** The statements before and after this one in its file, of PostgreSQL: they run in one transaction with it. */
  readonly earlier: readonly Node[];
  readonly later: readonly Node[];
  /** Of MongoDB: the commands after this one in its file. */
  readonly laterCommands: readonly MongoCommand[];
  /** What the deployed version's schema.prisma declares; of a MongoDB service nothing. */
  readonly models: readonly PrismaModel[];
  /** Whether the deployed version's code has the name of a column or property in it. */
  readonly isNamedInCode: (name: string) => boolean;
}

export function expand(summary: string, ...hazards: Hazard[]): Omit<JudgedStatement, 'line'> {
  return { phase: 'expand', summary, hazards };
}

export function contract(summary: string, ...hazards: Hazard[]): Omit<JudgedStatement, 'line'> {
  return { phase: 'contract', summary, hazards };
}

export function migrate(summary: string, ...hazards: Hazard[]): Omit<JudgedStatement, 'line'> {
  return { phase: 'migrate', summary, hazards };
}

/** A table that this change itself makes has no rows and no readers yet. */
export function isDeployed(table: string, { deployed, now }: HazardContext): boolean {
  return deployed.tables.has(table) && now.tables.has(table);
}

/** Whether a row can only be inserted with a value for the column. */
export function isRequired(table: string, column: string, { now }: HazardContext): boolean {
  const facts = now.tables.get(table)?.columns.get(column);
  return facts !== undefined && !facts.isNullable && !facts.hasDefault;
}

/**
 * Whether the deployed version writes the column into every row: its schema.prisma knows it as one that is never null, and
 * does not leave the value to the database.
 */
export function isWritten(table: string, column: string, { models }: HazardContext): boolean {
  const field = findField(table, column, models);
  return field?.isRequired === true && !field.isFilledByDatabase;
}

function findField(
  table: string,
  column: string,
  models: HazardContext['models'],
): PrismaModel['fields'][number] | undefined {
  return models
    .find((model) => model.table === table)
    ?.fields.find((candidate) => candidate.column === column);
}

/** Whether the deployed version may write a row without a value for the column. */
export function mayLeaveNull(
  table: string,
  column: string,
  { now, deployed, models }: HazardContext,
): boolean {
  const field = findField(table, column, models);
  if (field !== undefined) return !field.isRequired;
  // It does not know the column, so its rows have what the database puts there.
  const facts = now.tables.get(table)?.columns.get(column);
  // A default that came after the column fills new rows alone.
  const isFilled = facts?.wasAddedFilled === true || deployed.tables.get(table)?.columns.has(column) === true;
  return facts?.hasDefault !== true || !isFilled;
}

/** The steps to another name or type for a column: beside each other for a while, instead of one for the other. */
export function moveColumn(
  judged: Omit<JudgedStatement, 'line'>,
  table: string,
  before: string,
  after: string,
  mustBeWritten: boolean,
): Omit<JudgedStatement, 'line'> {
  return {
    ...judged,
    instead: [
      { phase: 'expand', text: `add ${after} beside ${table}.${before}, as nullable or with a DEFAULT` },
      { phase: 'deploy', text: `a version that reads ${table}.${before} still, and writes both` },
      { phase: 'migrate', text: `fill ${after} from ${table}.${before}` },
      // The next version no longer writes it, and could not insert rows.
      ...(mustBeWritten ? [{ phase: 'migrate' as const, text: `make ${table}.${before} nullable` }] : []),
      { phase: 'contract', text: `drop column ${table}.${before}` },
    ],
  };
}
