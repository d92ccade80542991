import type { ColumnDef, Constraint, Node } from 'libpg-query';

import { listConstraints, listOwnConstraints, makeColumn } from '../databases/make-column.ts';
import { isNull, listNamed } from '../databases/named-in-sql.ts';
import { columnThatMustBeThere } from '../databases/table-indexes.ts';
import { printType } from '../databases/sql-names.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { judgeConstraint } from './judge-constraint.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges ADD COLUMN: the column by itself, and the constraints that stand with it. */
export function judgeAddColumn(table: string, definition: Node | undefined, context: HazardContext): Judged {
  if (!definition || !('ColumnDef' in definition)) return expand(`alter ${table}`);
  const judged = judgeColumn(table, definition.ColumnDef, context);
  const more = listOwnConstraints(definition.ColumnDef).flatMap((constraint) =>
    judgeOwnConstraint(table, definition.ColumnDef, constraint, context),
  );
  return { ...judged, hazards: [...judged.hazards, ...more] };
}

function judgeColumn(table: string, definition: ColumnDef, { now }: HazardContext): Judged {
  const { colname: column = '' } = definition;
  const constraints = listConstraints(definition);
  const has = (kind: string) => constraints.some(({ contype }) => contype === kind);
  const made = makeColumn(definition, now);
  const domain = now.domains.get(made.type);
  const isChecked = constraints.some(
    ({ raw_expr: condition }) => columnThatMustBeThere(condition) === column,
  );
  const isRequired =
    has('CONSTR_NOTNULL') || has('CONSTR_PRIMARY') || isChecked || domain?.isRequired === true;
  const summary = `add column ${table}.${column}`;
  if (isRequired && !made.hasDefault) return judgeRequired(table, column, summary);
  if (!isComputed(definition) && domain === undefined) return expand(summary);
  if (domain !== undefined && !domain.isChecked && !domain.isRequired && !isComputed(definition))
    return expand(summary);
  const isDomain = !isComputed(definition);
  return expand(summary, {
    rule: 'rows-rewritten',
    severity: 'warning',
    table,
    part: column,
    what: isDomain
      ? `Column ${table}.${column} is added with domain ${made.type}, which checks each row.`
      : `Column ${table}.${column} is added with a default that is computed for each row.`,
    why: 'PostgreSQL rewrites the table under an exclusive lock: nobody reads or writes it until that ends.',
    next: isDomain
      ? ['Add the column with the type under the domain, and the check of it as a constraint NOT VALID.']
      : ['Add the column without a default, set the default after it, and fill the old rows in batches.'],
  });
}

function judgeRequired(table: string, column: string, summary: string): Judged {
  const judged = contract(summary, {
    rule: 'required-column-added',
    severity: 'breaking',
    table,
    part: column,
    what: `Column ${table}.${column} is added NOT NULL and without a default.`,
    why: 'PostgreSQL refuses it when the table has rows; on an empty table the version now deployed fails on every insert, because it does not know the column.',
    next: [
      `Give it a DEFAULT (@default in schema.prisma): the old rows and the version now deployed then have a value.`,
      'Where no default makes sense: add it as nullable ("?" in schema.prisma), deploy the version that writes it, fill the old rows, and make it NOT NULL in a later change.',
    ],
  });
  return {
    ...judged,
    instead: [{ phase: 'expand', text: `add column ${table}.${column} with a DEFAULT` }],
  };
}

// Functions that PostgreSQL evaluates once for all rows; any other default may be computed row by row.
const stableDefaults = new Set(['now', 'current_timestamp', 'transaction_timestamp', 'statement_timestamp']);

/** Whether each row gets a value of its own, which is stored. */
function isComputed(definition: ColumnDef): boolean {
  if (/serial/.test(printType(definition.typeName))) return true;
  return listConstraints(definition).some(({ contype, generated_kind: kind, raw_expr: value }) => {
    if (contype === 'CONSTR_IDENTITY') return true;
    // A virtual column is computed when it is read.
    if (contype === 'CONSTR_GENERATED') return kind !== 'v';
    if (contype !== 'CONSTR_DEFAULT') return false;
    return [...listNamed(value).functions].some((name) => !stableDefaults.has(name));
  });
}

/** A new column without a default is null everywhere: none is equal, and none refers to anything. */
function judgeOwnConstraint(
  table: string,
  definition: ColumnDef,
  constraint: Constraint,
  { now }: HazardContext,
): readonly Hazard[] {
  const { contype, nulls_not_distinct: isStrict = false } = constraint;
  const { name: column, hasDefault } = makeColumn(definition, now);
  const isUnique = contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY';
  if (contype === 'CONSTR_CHECK') {
    const name = constraint.conname ?? `${table}_${column}_check`;
    return judgeConstraint(table, { ...constraint, conname: name }).hazards;
  }
  if (contype !== 'CONSTR_FOREIGN' && !isUnique) return [];
  if (!hasDefault && !isStrict) return [];
  const isGiven = listConstraints(definition).some(
    ({ contype: kind, raw_expr: value }) => kind === 'CONSTR_DEFAULT' && !isNull(value),
  );
  if (!isGiven && !isStrict) return [];
  const name = constraint.conname ?? `${table}_${column}_${isUnique ? 'key' : 'fkey'}`;
  return judgeConstraint(table, { ...constraint, conname: name }).hazards;
}
