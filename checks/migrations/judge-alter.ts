import type { AlterTableCmd, Node } from 'libpg-query';

import { isThere } from '../databases/alter-table.ts';
import { listReadersOf } from '../databases/drop-readers.ts';
import { isNull } from '../databases/named-in-sql.ts';
import { nameOfExpression } from '../databases/relation-names.ts';
import { printType } from '../databases/sql-names.ts';
import {
  contract,
  expand,
  isRequired,
  moveColumn,
  type Hazard,
  type HazardContext,
  type JudgedStatement,
} from './hazard.ts';
import { refused } from './unjudged.ts';
import { isWidening } from './is-widening.ts';
import { judgeAddColumn } from './judge-add-column.ts';
import { judgeOtherPart } from './judge-alter-other.ts';
import { judgeDropDefault, judgeIdentity } from './judge-default.ts';
import { judgeAddConstraint, judgeSetNotNull } from './judge-not-null.ts';
import { enableRowSecurity } from './judge-row-security.ts';
import { judgeDropConstraint } from './judge-constraint.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges one part of an ALTER TABLE on a table that the deployed version has. */
export function judgeAlter(table: string, command: AlterTableCmd, context: HazardContext): Judged {
  const column = command.name ?? '';
  switch (command.subtype) {
    case 'AT_AddColumn':
      return isThere(context.now.tables.get(table), command)
        ? expand(`alter ${table}`)
        : judgeAddColumn(table, command.def, context);
    case 'AT_DropColumn':
      return context.now.tables.get(table)?.columns.has(column) === true
        ? judgeDropColumn(table, column, context)
        : expand(`alter ${table}`);
    case 'AT_SetNotNull':
      return judgeSetNotNull(table, column, context);
    case 'AT_AlterColumnType':
      return judgeType(table, column, command.def, context);
    case 'AT_AddConstraint':
      return command.def && 'Constraint' in command.def
        ? judgeAddConstraint(table, command.def.Constraint, context)
        : expand(`alter ${table}`);
    case 'AT_DropConstraint':
      return judgeDropConstraint(table, column, context);
    case 'AT_DropNotNull':
      return expand(`make ${table}.${column} nullable`);
    case 'AT_ColumnDefault':
      return command.def === undefined || isNull(command.def)
        ? judgeDropDefault(table, column, context)
        : expand(`change the default of ${table}.${column}`);
    case 'AT_DropIdentity':
    case 'AT_DropExpression':
      return judgeDropDefault(table, column, context);
    case 'AT_AddIdentity':
    case 'AT_SetIdentity':
      return judgeIdentity(table, column, command, context);
    case 'AT_EnableRowSecurity':
      return enableRowSecurity(table, context);
    default:
      return judgeOtherPart(table, command.subtype ?? '');
  }
}

function judgeDropColumn(table: string, column: string, context: HazardContext): Judged {
  const summary = `drop column ${table}.${column}`;
  // Nobody has read or written what this change itself adds.
  if (context.deployed.tables.get(table)?.columns.has(column) !== true) return contract(summary);
  const hazard = dropColumn(table, column);
  if (!isRequired(table, column, context)) return contract(summary, hazard);
  const judged = contract(summary, {
    ...hazard,
    next: [
      `Make it nullable first (ALTER COLUMN "${column}" DROP NOT NULL): a version that no longer writes it cannot insert rows otherwise.`,
      ...hazard.next,
    ],
  });
  return {
    ...judged,
    instead: [
      { phase: 'expand', text: `make ${table}.${column} nullable` },
      { phase: 'contract', text: summary },
    ],
  };
}

export function dropColumn(table: string, column: string): Hazard {
  return {
    rule: 'column-dropped',
    severity: 'warning',
    table,
    part: column,
    what: `Column ${table}.${column} is dropped.`,
    why: 'Its data is lost.',
    next: [
      'Deploy a version that no longer reads or writes the column (take it out of schema.prisma and the code).',
      'Drop the column in a later change, when no older version runs any more.',
    ],
    takesAway: { table, column },
  };
}

function judgeType(
  table: string,
  column: string,
  definition: Node | undefined,
  context: HazardContext,
): Judged {
  const before = context.now.tables.get(table)?.columns.get(column)?.type ?? 'unknown';
  const after =
    definition && 'ColumnDef' in definition ? printType(definition.ColumnDef.typeName) : 'unknown';
  const summary = `change the type of ${table}.${column} to ${after}`;
  const readers = listReadersOf(context.now, table, column);
  if (readers.length > 0)
    return contract(
      summary,
      refused(
        table,
        `View ${readers.join(', ')} reads ${table}.${column}, whose type changes to ${after}.`,
        'It changes no type of a column that a view reads.',
        ['Drop the view before it in the same file, and make it anew after it.'],
      ),
    );
  if (before === after || isWidening(before, after))
    return isKept(column, definition) ? expand(summary) : expand(summary, computeAnew(table, column));
  const judged = contract(summary, {
    rule: 'column-type-changed',
    severity: 'warning',
    table,
    part: column,
    what: `Column ${table}.${column} was ${before} and becomes ${after}.`,
    why: 'PostgreSQL rewrites the table and its indexes under an exclusive lock: nobody reads or writes it until that ends.',
    next: [
      `Add a column of type ${after} under a new name, write both, and fill the old rows in batches.`,
      'Read the new one in the next version, and drop the old one when no older version runs any more.',
    ],
    takesAway: { table, column },
  });
  return moveColumn(judged, table, column, `a column of type ${after}`, isRequired(table, column, context));
}

/** Without USING, or with the column itself in it, the values are those that are there. A second cast may change them. */
function isKept(column: string, definition: Node | undefined): boolean {
  let value = definition && 'ColumnDef' in definition ? definition.ColumnDef.raw_default : undefined;
  if (value !== undefined && 'TypeCast' in value) value = value.TypeCast.arg;
  return value === undefined || ('ColumnRef' in value && nameOfExpression(value) === column);
}

function computeAnew(table: string, column: string): Hazard {
  return {
    rule: 'rows-rewritten',
    severity: 'warning',
    table,
    part: column,
    what: `USING computes ${table}.${column} anew in every row.`,
    why: 'PostgreSQL rewrites the table under an exclusive lock: nobody reads or writes it until that ends.',
    next: ['Leave USING out where the values stay, or change them by UPDATE in batches.'],
  };
}
