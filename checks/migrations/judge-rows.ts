import type { Node, WithClause } from 'libpg-query';

import { keyOf } from '../databases/find-relation.ts';
import {
  contract,
  isDeployed,
  migrate,
  type Hazard,
  type HazardContext,
  type JudgedStatement,
} from './hazard.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges what changes rows; undefined for any other statement. */
export function judgeRows(node: Node, context: HazardContext): Judged | undefined {
  const own = judgeOwnRows(node, context);
  const inner = listInnerStatements(node).flatMap((part) => judgeRows(part, context) ?? []);
  if (inner.length === 0) return own;
  const all = [...(own === undefined ? [] : [own]), ...inner];
  const heaviest = all.find(({ phase }) => phase === 'contract') ?? all[0];
  return heaviest === undefined ? undefined : { ...heaviest, hazards: all.flatMap(({ hazards }) => hazards) };
}

function judgeOwnRows(node: Node, context: HazardContext): Judged | undefined {
  if ('TruncateStmt' in node) {
    const tables = (node.TruncateStmt.relations ?? []).map((part) =>
      'RangeVar' in part ? keyOf(context.now, part.RangeVar) : '',
    );
    return emptyTables(tables, node.TruncateStmt.behavior === 'DROP_CASCADE', context);
  }
  if ('DeleteStmt' in node) {
    const { relation, whereClause } = node.DeleteStmt;
    const table = keyOf(context.now, relation);
    if (takesEveryRow(whereClause)) return emptyTables([table], false, context);
    return isDeployed(table, context)
      ? migrate(`delete rows of ${table}`, deleteSome(table))
      : migrate('change rows');
  }
  if ('UpdateStmt' in node) {
    const table = keyOf(context.now, node.UpdateStmt.relation);
    if (!takesEveryRow(node.UpdateStmt.whereClause) || !isDeployed(table, context))
      return migrate(`fill ${table}`);
    return migrate(`update every row of ${table}`, {
      rule: 'rows-rewritten',
      severity: 'warning',
      table,
      what: `UPDATE without WHERE changes every row of ${table} in one transaction.`,
      why: 'All rows stay locked until the migration ends, and the table grows by its own size.',
      next: [
        'Fill the rows in batches, outside of the migration or with a WHERE that takes a part at a time.',
      ],
    });
  }
  if ('MergeStmt' in node) {
    const { relation, mergeWhenClauses = [] } = node.MergeStmt;
    const table = keyOf(context.now, relation);
    const deletes = mergeWhenClauses.some(
      (part) => 'MergeWhenClause' in part && part.MergeWhenClause.commandType === 'CMD_DELETE',
    );
    return migrate(
      `merge into ${table}`,
      ...(deletes && isDeployed(table, context) ? [deleteSome(table)] : []),
    );
  }
  return 'InsertStmt' in node ? migrate('change rows') : undefined;
}

function emptyTables(tables: readonly string[], isCascade: boolean, context: HazardContext): Judged {
  const deployed = tables.filter((table) => isDeployed(table, context));
  const summary = `empty ${tables.join(', ')}`;
  if (deployed.length === 0) return migrate(summary);
  return contract(
    summary,
    ...deployed.map((table): Hazard => ({
      rule: 'rows-deleted',
      severity: 'warning',
      table,
      what: `All rows of ${table} are deleted${isCascade ? ', and with CASCADE those of every table that refers to it' : ''}.`,
      why: 'The data is lost, in every environment that runs the migration.',
      next: ['See that nobody needs the rows; keep a backup.'],
    })),
  );
}

/** Which rows a condition takes, only the database knows: for the record, as what is gone is gone. */
function deleteSome(table: string): Hazard {
  return {
    rule: 'rows-deleted',
    severity: 'notice',
    table,
    what: `Rows of ${table} are deleted.`,
    why: 'What the condition takes is lost, in every environment that runs the migration.',
    next: ['See that nobody needs the rows; keep a backup.'],
  };
}

/** No WHERE, or WHERE true. */
function takesEveryRow(where: Node | undefined): boolean {
  if (where === undefined) return true;
  return 'A_Const' in where && where.A_Const.boolval?.boolval === true;
}

/** `WITH gone AS (DELETE ...) SELECT ...` deletes as well. */
function listInnerStatements(node: Node): Node[] {
  const [statement] = Object.values(node) as { withClause?: WithClause }[];
  return (statement?.withClause?.ctes ?? []).flatMap((part) =>
    'CommonTableExpr' in part && part.CommonTableExpr.ctequery !== undefined
      ? [part.CommonTableExpr.ctequery]
      : [],
  );
}
