import type { Constraint } from 'libpg-query';

import { textOf } from '../databases/sql-names.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges a constraint that a table gets. */
export function judgeConstraint(table: string, constraint: Constraint): Judged {
  const columns = (constraint.keys ?? constraint.fk_attrs ?? []).map(textOf).join(', ');
  const name = constraint.conname ?? columns;
  const shared = { severity: 'warning', table, part: name } as const;
  if (constraint.contype === 'CONSTR_UNIQUE' || constraint.contype === 'CONSTR_PRIMARY') {
    if (constraint.indexname !== undefined) return contract(`add constraint ${name}`);
    return contract(`make ${table} (${columns}) unique`, {
      ...shared,
      rule: 'unique-added',
      what: `Constraint ${name} makes (${columns}) unique in ${table}.`,
      why: 'It fails when two rows are equal, builds its index under a lock that stops writes, and from then on refuses what an older version may write.',
      next: [
        'Look for duplicates first: SELECT the columns, count(*) ... GROUP BY ... HAVING count(*) > 1.',
        'CREATE UNIQUE INDEX CONCURRENTLY alone in a migration, then ADD CONSTRAINT ... USING INDEX.',
      ],
    });
  }
  if (constraint.contype === 'CONSTR_EXCLUSION')
    return contract(`add constraint ${name} on ${table}`, {
      ...shared,
      rule: 'unique-added',
      what: `Constraint ${name} keeps rows of ${table} from excluding each other.`,
      why: 'It fails when two rows do so already, builds its index under a lock that stops reads and writes, and from then on refuses what an older version may write.',
      next: [
        'Look for such rows first: join the table with itself by the operators of the constraint.',
        'PostgreSQL has no NOT VALID and no USING INDEX for it: run it when few need the table.',
      ],
    });
  const isForeign = constraint.contype === 'CONSTR_FOREIGN';
  // NOT ENFORCED is a note for readers of the schema.
  if ((!isForeign && constraint.contype !== 'CONSTR_CHECK') || constraint.is_enforced !== true)
    return expand(`add constraint ${name} on ${table}`);
  const kind = isForeign ? 'foreign key' : 'check';
  if (constraint.skip_validation === true)
    return contract(`add constraint ${name} on ${table}`, {
      ...shared,
      rule: 'constraint-refuses-writes',
      what: `The ${kind} ${name} on ${table} holds for every row that is written from now on.`,
      why: isForeign
        ? 'NOT VALID spares the rows that are there. What the version now deployed writes is checked, and what others refer to can no longer be deleted.'
        : 'NOT VALID spares the rows that are there until they are written again. What the version now deployed writes is checked.',
      next: [
        'See that the version now deployed writes no row that breaks it; then accept this finding with that as the reason.',
        'Else deploy a version that writes none first, and add the constraint in a later change.',
      ],
    });
  return contract(`add constraint ${name} on ${table}`, {
    ...shared,
    rule: 'constraint-reads-table',
    what: `The ${kind} ${name} on ${table} is checked for every row at once.`,
    why: 'The table is locked while all rows are read, a row that breaks the constraint stops the migration, and from then on so it is refused when an older version writes one.',
    next: [
      'Add it with NOT VALID: new rows are checked, old ones not yet.',
      `VALIDATE CONSTRAINT "${name}" in a later migration: it does not stop writes.`,
    ],
  });
}

/** Judges a constraint that goes: the index of a unique one goes along. */
export function judgeDropConstraint(table: string, name: string, context: HazardContext): Judged {
  const index = context.now.tables.get(table)?.indexes.get(name);
  const summary = `drop constraint ${name} on ${table}`;
  if (index === undefined) return expand(summary);
  return contract(summary, dropIndexHazard(table, name, index.columns, index.isUnique));
}

/** The hazard of an index that goes, be it as an index or as a constraint. */
export function dropIndexHazard(
  table: string,
  name: string,
  columns: readonly string[],
  isUnique: boolean,
): Hazard {
  return {
    rule: 'index-dropped',
    severity: 'warning',
    table,
    part: name,
    what: `${isUnique ? 'Unique index' : 'Index'} ${name} on ${table} (${columns.join(', ')}) is dropped.`,
    why: isUnique
      ? 'Nothing keeps these values unique any more, and a search by them reads the whole table.'
      : 'A search or order by these columns reads the whole table.',
    next: [
      'Keep the index as long as an operation searches or orders by it, or create the one that takes its place first.',
      'When no search needs it, drop it.',
    ],
    unindexes: { table, columns },
  };
}
