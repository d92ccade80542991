import { z } from 'zod';

import type { TableFacts } from '../databases/database-facts.ts';
import { textOf } from '../databases/sql-names.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { dropColumn } from './judge-alter.ts';
import { refused } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges ALTER TYPE ... RENAME TO by the columns that have the type since before the change. */
export function judgeTypeRename(type: string, after: string, context: HazardContext): Judged {
  return giveName(type, `is renamed to ${after}`, `rename type ${type} to ${after}`, context, [
    `Keep the type's name and rename the enum alone: @@map("${type}") in schema.prisma.`,
    'Or rename the type in a later change, when no version that names it runs any more.',
  ]);
}

/** Judges ALTER TYPE ... SET SCHEMA: Prisma names the schema of the type as well. */
export function judgeTypeMove(type: string, schema: string, context: HazardContext): Judged {
  return giveName(type, `is moved to schema ${schema}`, `move type ${type} to schema ${schema}`, context, [
    'Leave the type where it is.',
    'Or move it in a later change, when no version that names it runs any more.',
  ]);
}

function giveName(
  type: string,
  how: string,
  summary: string,
  context: HazardContext,
  next: readonly string[],
): Judged {
  const hazards = listColumns(type, context).map(({ table, column }): Hazard => ({
    rule: 'column-type-changed',
    severity: 'warning',
    table,
    part: column,
    what: `Type ${type} of column ${table}.${column} ${how}.`,
    why: 'Prisma names the type in the SQL that it sends, and the old name is gone at once.',
    next,
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
export function judgeEnumValue(
  type: string,
  before: string | undefined,
  after: string,
  context: HazardContext,
): Judged {
  if (before === undefined) {
    const hazards = isUsedAtOnce(type, after, context) ? [useAtOnce(type, after)] : [];
    return expand(`add value ${after} to ${type}`, ...hazards, ...listBlindReaders(type, after, context));
  }
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

/** Prisma reads no value that its schema does not declare: the whole query fails. */
function listBlindReaders(type: string, value: string, context: HazardContext): Hazard[] {
  const read = listColumns(type, context).filter(({ table, column }) =>
    context.models.some(
      (model) => model.table === table && model.fields.some((field) => field.column === column),
    ),
  );
  if (read.length === 0) return [];
  const columns = read.map(({ table, column }) => `${table}.${column}`).join(', ');
  return [
    {
      rule: 'enum-value-unknown',
      severity: 'notice',
      table: type,
      part: value,
      what: `Value ${value} of type ${type} is new.`,
      why: `The version now deployed does not know it: its queries fail on each row that has it in ${columns}, for as long as that version runs beside the new one.`,
      next: [
        `Deploy a version that knows ${value} and writes it nowhere, and let it be written by the one after that.`,
        'Where a few failed reads during the deployment are nothing: nothing to do.',
      ],
    },
  ];
}

/**
 * Whether a later statement of the transaction names the new value: the file is one, up to a COMMIT of its own. A value of
 * a type that the same transaction made may be used.
 */
function isUsedAtOnce(type: string, value: string, { now, earlier, later }: HazardContext): boolean {
  const isNew = earlier.some(
    (node) => 'CreateEnumStmt' in node && (node.CreateEnumStmt.typeName ?? []).map(textOf).at(-1) === type,
  );
  if (isNew) return false;
  const end = later.findIndex(
    (node) => 'TransactionStmt' in node && node.TransactionStmt.kind === 'TRANS_STMT_COMMIT',
  );
  const tables = [...now.tables.values()].filter(({ columns }) =>
    [...columns.values()].some((column) => column.type === type || column.type === `${type}[]`),
  );
  const names = [type, ...tables.map(({ name }) => name)];
  return later.slice(0, end < 0 ? later.length : end).some((node) => {
    if ('CommentStmt' in node || 'AlterEnumStmt' in node) return false;
    const texts = listTexts(node);
    return texts.constants.has(value) && names.some((name) => texts.names.has(name));
  });
}

/** The constants of a statement, and its other texts: names of tables and types among them. */
function listTexts(value: unknown, texts = { constants: new Set<string>(), names: new Set<string>() }) {
  if (typeof value === 'string') texts.names.add(value);
  else if (Array.isArray(value)) for (const item of value) listTexts(item, texts);
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
      const constant = key === 'A_Const' ? constantShape.safeParse(inner).data?.sval.sval : undefined;
      if (constant === undefined) listTexts(inner, texts);
      else texts.constants.add(constant);
    }
  return texts;
}

const constantShape = z.looseObject({ sval: z.looseObject({ sval: z.string() }) });

function useAtOnce(type: string, value: string): Hazard {
  return {
    ...refused(
      type,
      `Value ${value} of type ${type} is used in the file that adds it.`,
      'The file runs as one transaction, and a new value may be used when that has ended.',
      ['Move what uses the value to a migration of its own, behind this one.'],
    ),
    part: value,
  };
}
