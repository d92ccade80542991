import type { Constraint } from 'libpg-query';

import { textOf } from '../databases/sql-names.ts';
import { columnThatMustBeThere } from '../databases/table-indexes.ts';
import {
  contract,
  expand,
  mayLeaveNull,
  type Hazard,
  type HazardContext,
  type JudgedStatement,
} from './hazard.ts';
import { judgeConstraint } from './judge-constraint.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges ADD CONSTRAINT, which may make columns NOT NULL without saying so. */
export function judgeAddConstraint(table: string, constraint: Constraint, context: HazardContext): Judged {
  if (constraint.contype === 'CONSTR_NOTNULL')
    return judgeSetNotNull(table, (constraint.keys ?? []).map(textOf).join(), context);
  const judged = judgeConstraint(table, constraint);
  if (constraint.contype === 'CONSTR_PRIMARY') {
    const index = context.now.tables.get(table)?.indexes.get(constraint.indexname ?? '');
    const columns = index?.columns ?? (constraint.keys ?? []).map(textOf);
    const parts = columns.map((column) => judgeSetNotNull(table, column, context));
    return { ...judged, hazards: [...judged.hazards, ...parts.flatMap(({ hazards }) => hazards)] };
  }
  const column = columnThatMustBeThere(constraint.raw_expr);
  if (column === undefined || constraint.skip_validation !== true || constraint.is_enforced !== true)
    return judged;
  // The first step to NOT NULL: it reads no row, and refuses those alone that are written without a value.
  return mayLeaveNull(table, column, context)
    ? judgeSetNotNull(table, column, context)
    : expand(judged.summary);
}

/** Judges SET NOT NULL. Where a check has read all rows for it already, PostgreSQL reads none. */
export function judgeSetNotNull(table: string, column: string, context: HazardContext): Judged {
  const summary = `require ${table}.${column}`;
  const facts = context.now.tables.get(table);
  const isChecked = [...(facts?.notNullChecks.values() ?? [])].some(
    (check) => check.column === column && check.isValid,
  );
  if (isChecked || facts?.columns.get(column)?.isNullable === false) return expand(summary);
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
