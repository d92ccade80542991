import type { AlterTableCmd, Node } from 'libpg-query';

import { isThere } from '../databases/alter-table.ts';
import { printType, textOf } from '../databases/sql-names.ts';
import {
  contract,
  expand,
  isRequired,
  mayLeaveNull,
  moveColumn,
  type Hazard,
  type HazardContext,
  type JudgedStatement,
} from './hazard.ts';
import { isWidening } from './is-widening.ts';
import { judgeOtherPart } from './judge-alter-other.ts';
import { judgeDropDefault, judgeIdentity } from './judge-default.ts';
import { enableRowSecurity } from './judge-row-security.ts';
import { judgeConstraint, judgeDropConstraint } from './judge-constraint.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges one part of an ALTER TABLE on a table that the deployed version has. */
export function judgeAlter(table: string, command: AlterTableCmd, context: HazardContext): Judged {
  const column = command.name ?? '';
  switch (command.subtype) {
    case 'AT_AddColumn':
      return isThere(context.now.tables.get(table), command)
        ? expand(`alter ${table}`)
        : judgeAddedUnique(table, command.def, judgeAddColumn(table, command.def));
    case 'AT_DropColumn':
      return context.now.tables.get(table)?.columns.has(column) === true
        ? judgeDropColumn(table, column, context)
        : expand(`alter ${table}`);
    case 'AT_SetNotNull':
      return judgeSetNotNull(table, column, context);
    case 'AT_AlterColumnType':
      return judgeType(table, column, command.def, context);
    case 'AT_AddConstraint':
      if (command.def && 'Constraint' in command.def && command.def.Constraint.contype === 'CONSTR_NOTNULL')
        return judgeSetNotNull(table, (command.def.Constraint.keys ?? []).map(textOf).join(), context);
      return command.def && 'Constraint' in command.def
        ? judgeConstraint(table, command.def.Constraint)
        : expand(`alter ${table}`);
    case 'AT_DropConstraint':
      return judgeDropConstraint(table, column, context);
    case 'AT_DropNotNull':
      return expand(`make ${table}.${column} nullable`);
    case 'AT_ColumnDefault':
      return command.def === undefined
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

function judgeSetNotNull(table: string, column: string, context: HazardContext): Judged {
  const summary = `require ${table}.${column}`;
  const hazard = setNotNull(table, column);
  if (!mayLeaveNull(table, column, context)) return contract(summary, hazard);
  const isKnown = context.deployed.tables.get(table)?.columns.has(column) === true;
  const wayOut = `When the version now deployed always writes ${column} already, and only its schema.prisma still allows null: accept this finding with that as the reason.`;
  const judged = contract(summary, {
    ...hazard,
    severity: 'breaking',
    why: "The version now deployed may leave it null, and runs until the new one has taken over: the migration fails on a row without a value, and from then on so do that version's writes without one. PostgreSQL also reads the whole table under an exclusive lock.",
    next: isKnown ? [...hazard.next, wayOut] : hazard.next,
    requires: { table, column },
  });
  return {
    ...judged,
    instead: [
      { phase: 'deploy', text: `a version that always writes ${table}.${column}` },
      { phase: 'migrate', text: `fill ${table}.${column} where it is null` },
      { phase: 'contract', text: summary },
    ],
  };
}

function setNotNull(table: string, column: string): Hazard {
  return {
    rule: 'not-null-added',
    severity: 'warning',
    table,
    part: column,
    what: `Column ${table}.${column} becomes NOT NULL.`,
    why: 'PostgreSQL reads the whole table under an exclusive lock, fails on a row without a value, and from then on refuses the rows that an older version writes without one.',
    next: [
      'Deploy a version that always writes a value, and then fill the rows that have none.',
      `Add CHECK ("${column}" IS NOT NULL) NOT VALID, then VALIDATE CONSTRAINT in a migration of its own: it does not stop writes.`,
      'SET NOT NULL then needs no scan; drop the check after it.',
    ],
  };
}

// Functions that PostgreSQL evaluates once for all rows; any other default may be computed row by row.
const stableDefaults = new Set(['now', 'current_timestamp', 'transaction_timestamp', 'statement_timestamp']);

function judgeAddColumn(table: string, definition: Node | undefined): Judged {
  if (!definition || !('ColumnDef' in definition)) return expand(`alter ${table}`);
  const { colname: column = '', constraints = [], typeName } = definition.ColumnDef;
  const kinds = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  const find = (kind: string) => kinds.find(({ contype }) => contype === kind);
  const isRequired = find('CONSTR_NOTNULL') !== undefined || find('CONSTR_PRIMARY') !== undefined;
  const isSerial = /serial/.test(printType(typeName));
  const isFilled = find('CONSTR_DEFAULT') ?? find('CONSTR_IDENTITY') ?? find('CONSTR_GENERATED');
  const summary = `add column ${table}.${column}`;
  if (isRequired && isFilled === undefined && !isSerial) {
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
  const call = functionOf(find('CONSTR_DEFAULT')?.raw_expr);
  const isComputed =
    isSerial || find('CONSTR_GENERATED') !== undefined || find('CONSTR_IDENTITY') !== undefined;
  if (isComputed || (call !== undefined && !stableDefaults.has(call)))
    return expand(summary, {
      rule: 'rows-rewritten',
      severity: 'warning',
      table,
      part: column,
      what: `Column ${table}.${column} is added with a default that is computed for each row.`,
      why: 'PostgreSQL rewrites the table under an exclusive lock: nobody reads or writes it until that ends.',
      next: ['Add the column without a default, set the default after it, and fill the old rows in batches.'],
    });
  return expand(summary);
}

/** `ADD COLUMN ... UNIQUE` builds its index like ADD CONSTRAINT; without a default all rows are null, and none is equal. */
function judgeAddedUnique(table: string, definition: Node | undefined, judged: Judged): Judged {
  if (!definition || !('ColumnDef' in definition)) return judged;
  const { colname: column = '', constraints = [] } = definition.ColumnDef;
  const kinds = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint] : []));
  const unique = kinds.find(({ contype }) => contype === 'CONSTR_UNIQUE' || contype === 'CONSTR_PRIMARY');
  const constant = kinds.find(({ contype }) => contype === 'CONSTR_DEFAULT');
  if (unique === undefined || constant === undefined) return judged;
  const name = unique.conname ?? `${table}_${column}_key`;
  const keys = [{ String: { sval: column } }];
  const { hazards } = judgeConstraint(table, { ...unique, conname: name, keys });
  return { ...judged, hazards: [...judged.hazards, ...hazards] };
}

function functionOf(expression: Node | undefined): string | undefined {
  if (expression === undefined || !('FuncCall' in expression)) return undefined;
  return (expression.FuncCall.funcname ?? []).map(textOf).at(-1);
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
  if (before === after || isWidening(before, after)) return expand(summary);
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
