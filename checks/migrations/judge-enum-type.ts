import type { TableFacts } from '../databases/database-facts.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { dropColumn } from './judge-alter.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges ALTER TYPE ... RENAME TO by the columns that have the type since before the change. */
export function judgeTypeRename(type: string, after: string, context: HazardContext): Judged {
  const summary = `rename type ${type} to ${after}`;
  const hazards = listColumns(type, context).map(({ table, column }): Hazard => ({
    rule: 'column-type-changed',
    severity: 'warning',
    table,
    part: column,
    what: `Type ${type} of column ${table}.${column} is renamed to ${after}.`,
    why: 'Prisma names the type in the SQL that it sends, and the old name is gone at once.',
    next: [
      `Keep the type's name and rename the enum alone: @@map("${type}") in schema.prisma.`,
      'Or rename the type in a later change, when no version that names it runs any more.',
    ],
    takesAway: { table, column },
  }));
  return hazards.length === 0 ? expand(summary) : contract(summary, ...hazards);
}

/** Judges DROP TYPE ... CASCADE, which drops every column of the type as well. */
export function judgeTypeDrop(type: string, context: HazardContext): Judged[] {
  const hazards = listColumns(type, context).map(({ table, column }) => dropColumn(table, column));
  return [contract(`drop type ${type} and its columns`, ...hazards)];
}

function listColumns(type: string, { deployed, now }: HazardContext): { table: string; column: string }[] {
  const isOfType = (facts: TableFacts | undefined, column: string) =>
    [type, `${type}[]`].includes(facts?.columns.get(column)?.type ?? '');
  return [...deployed.tables.values()].flatMap((before) =>
    [...before.columns.keys()]
      .filter((column) => isOfType(before, column) && isOfType(now.tables.get(before.name), column))
      .map((column) => ({ table: before.name, column })),
  );
}

/** Judges ALTER TYPE ... ADD VALUE and RENAME VALUE. */
export function judgeEnumValue(type: string, before: string | undefined, after: string): Judged {
  if (before === undefined) return expand(`add value ${after} to ${type}`);
  return contract(`rename value ${before} of ${type} to ${after}`, {
    rule: 'enum-value-renamed',
    severity: 'breaking',
    table: type,
    part: before,
    what: `Value ${before} of type ${type} is renamed to ${after}.`,
    why: `The version now deployed writes ${before}, which PostgreSQL then refuses, and reads ${after}, which it does not know.`,
    next: [
      `Add ${after} as a new value, deploy a version that knows both, and move the rows in batches.`,
      `Leave ${before} unused; PostgreSQL cannot drop a value of an enum.`,
    ],
  });
}
