import type { AlterTableCmd, ColumnDef } from 'libpg-query';

import { printType } from '../databases/sql-names.ts';
import { contract, isRequired, moveColumn, type HazardContext, type JudgedStatement } from './hazard.ts';
import { judgeAlter } from './judge-alter.ts';
import { isUnknownColumn, unknownName } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** A column that goes and one that comes in the same ALTER TABLE. */
interface Swap {
  readonly dropped: AlterTableCmd;
  readonly added: AlterTableCmd;
  readonly before: string;
  readonly after: string;
  readonly beforeType: string;
  readonly afterType: string;
  /** Whether rows that are there keep the statement from running. */
  readonly isRefused: boolean;
  /** Whether a version that no longer writes the old column cannot insert rows. */
  readonly mustBeWritten: boolean;
}

/**
 * Judges the parts of an ALTER TABLE on a table that the deployed version has. What writes migrations from a changed
 * declaration sees no rename and no change of type: it drops a column and adds another, and the values are lost.
 */
export function judgeAlterTable(
  table: string,
  commands: readonly AlterTableCmd[],
  context: HazardContext,
): Judged[] {
  const swaps = findSwaps(table, commands, context);
  return commands.flatMap((command) => {
    if (swaps.some(({ added }) => added === command)) return [];
    if (isUnknownColumn(table, command, commands, context)) {
      const { name = '' } = command;
      return [contract(`alter ${table}`, unknownName(table, name, 'Column', `${table}.${name}`))];
    }
    const swap = swaps.find(({ dropped }) => dropped === command);
    return [swap === undefined ? judgeAlter(table, command, context) : judgeSwap(table, swap)];
  });
}

function findSwaps(table: string, commands: readonly AlterTableCmd[], context: HazardContext): Swap[] {
  const columns = context.now.tables.get(table)?.columns;
  const drops = commands.filter(
    ({ subtype, name }) => subtype === 'AT_DropColumn' && columns?.has(name ?? ''),
  );
  const additions = commands.flatMap((command) => {
    const definition = command.subtype === 'AT_AddColumn' ? command.def : undefined;
    return definition && 'ColumnDef' in definition ? [{ command, definition: definition.ColumnDef }] : [];
  });
  const swaps: Swap[] = [];
  for (const dropped of drops) {
    const before = dropped.name ?? '';
    const beforeType = columns?.get(before)?.type ?? '';
    const isSameType = (definition: ColumnDef) => printType(definition.typeName) === beforeType;
    const namesake = additions.find(({ definition }) => definition.colname === before);
    const alike = additions.filter(
      ({ definition }) => isSameType(definition) && !drops.some(({ name }) => name === definition.colname),
    );
    const dropsAlike = drops.filter(({ name }) => columns?.get(name ?? '')?.type === beforeType);
    // One of a type goes and one comes: anything else would be guessing which is which.
    const added = namesake ?? (alike.length === 1 && dropsAlike.length === 1 ? alike[0] : undefined);
    if (added === undefined) continue;
    swaps.push({
      dropped,
      added: added.command,
      before,
      after: added.definition.colname ?? '',
      beforeType,
      afterType: printType(added.definition.typeName),
      isRefused: isRequiredWithoutValue(added.definition),
      mustBeWritten: isRequired(table, before, context),
    });
  }
  return swaps;
}

function isRequiredWithoutValue({ constraints = [] }: ColumnDef): boolean {
  const kinds = constraints.flatMap((node) => ('Constraint' in node ? [node.Constraint.contype] : []));
  const isFilled = ['CONSTR_DEFAULT', 'CONSTR_IDENTITY', 'CONSTR_GENERATED'].some((kind) =>
    kinds.some((one) => one === kind),
  );
  return kinds.includes('CONSTR_NOTNULL') && !isFilled;
}

function judgeSwap(table: string, swap: Swap): Judged {
  const { before, after, beforeType, afterType, isRefused, mustBeWritten } = swap;
  const refused = isRefused
    ? ` PostgreSQL refuses the migration when the table has rows, because ${after} is NOT NULL and has no default.`
    : '';
  if (before === after) {
    const judged = contract(`replace column ${table}.${before} by one of type ${afterType}`, {
      rule: 'column-type-changed',
      severity: 'warning',
      table,
      part: before,
      what: `Column ${table}.${before} was ${beforeType} and becomes ${afterType}: it is dropped, and added anew.`,
      why: `All its values are lost.${refused}`,
      next: [
        `Add a column of type ${afterType} under a new name, write both, and fill the old rows from ${before}.`,
        'Read the new one in the next version, and drop the old one when no older version runs any more.',
      ],
      takesAway: { table, column: before },
    });
    return moveColumn(judged, table, before, `a column of type ${afterType}`, mustBeWritten);
  }
  const judged = contract(`replace column ${table}.${before} by ${after}`, {
    rule: 'column-renamed',
    severity: 'warning',
    table,
    part: before,
    what: `Column ${table}.${before} is dropped, and ${after} of the same type is added: if that is meant as a rename, the values do not come along.`,
    why: `The values of ${before} are lost, and ${after} begins empty.${refused}`,
    next: [
      `To rename the field alone: give the new one @map("${before}") in schema.prisma and delete this migration; the database stays as it is and nothing breaks.`,
      `To rename the column too: follow the safe order below. First ${table}.${after} beside ${before}, then a version that writes both, then the old rows.`,
      `Drop ${before} in a later change, when no older version runs any more.`,
    ],
    takesAway: { table, column: before },
  });
  return moveColumn(judged, table, before, `${table}.${after}`, mustBeWritten);
}
