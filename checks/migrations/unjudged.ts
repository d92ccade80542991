import type { AlterTableCmd } from 'libpg-query';

import type { Hazard, HazardContext } from './hazard.ts';

/** What a statement does that no file tells: a check that said nothing of it would pass for one that has read it. */
export function unclear(table: string, what: string, why: string, next: readonly string[] = []): Hazard {
  return {
    rule: 'code-not-judged',
    severity: 'warning',
    table,
    what,
    why,
    next: [
      ...next,
      `${next.length > 0 ? 'Else see' : 'See'} yourself that the version now deployed can do with what it leaves.`,
    ],
  };
}

/** What the database does not run. */
export function refused(
  table: string,
  what: string,
  why: string,
  next: readonly string[],
  database = 'PostgreSQL',
): Hazard {
  return {
    rule: 'statement-refused',
    severity: 'breaking',
    table,
    what,
    why: `${database} refuses it: the migration fails, and everything after it waits. ${why}`,
    next,
  };
}

/** What is named and not there. That the check knows nothing of it may also come from a DO block, so it is a warning. */
export function unknownName(table: string, part: string | undefined, noun: string, name: string): Hazard {
  return {
    ...refused(table, `${noun} ${name} is made by no migration before this statement.`, '', []),
    ...(part === undefined ? {} : { part }),
    severity: 'warning',
    why: 'PostgreSQL refuses a statement about what is not there: the migration fails, and everything after it waits.',
    next: [
      'Mend the name; without quotes PostgreSQL reads it in lower case.',
      'Or write IF EXISTS, where it may be gone already.',
    ],
  };
}

// Parts that are about a column that has to be there.
const partsOfColumns: ReadonlySet<string> = new Set([
  'AT_DropColumn',
  'AT_SetNotNull',
  'AT_DropNotNull',
  'AT_AlterColumnType',
  'AT_ColumnDefault',
  'AT_AddIdentity',
  'AT_SetIdentity',
  'AT_DropIdentity',
  'AT_DropExpression',
]);

/** Whether a part of an ALTER TABLE is about a column that is not there. */
export function isUnknownColumn(
  table: string,
  { subtype = 'AT_AddColumn', name = '', missing_ok: isOptional }: AlterTableCmd,
  commands: readonly AlterTableCmd[],
  { now }: HazardContext,
): boolean {
  const facts = now.tables.get(table);
  if (facts === undefined || facts.isUnclear === true || isOptional === true) return false;
  // PostgreSQL drops first, and then adds, whatever the order in the statement.
  const isAdded =
    subtype !== 'AT_DropColumn' &&
    commands.some(({ def }) => def && 'ColumnDef' in def && def.ColumnDef.colname === name);
  return partsOfColumns.has(subtype) && !facts.columns.has(name) && !isAdded;
}
