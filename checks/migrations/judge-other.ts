import type { Node, SelectStmt, VacuumStmt } from 'libpg-query';

import { listSelected } from '../databases/selected-columns.ts';
import { textOf } from '../databases/sql-names.ts';
import { expand, migrate, type HazardContext, type JudgedStatement } from './hazard.ts';
import { unclear } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

// Statements that make something that nobody knows of yet, or change nothing that a version reads or writes.
const harmless = new Set([
  'AlterSeqStmt',
  'AlterStatsStmt',
  'CheckPointStmt',
  'CompositeTypeStmt',
  'CreateCastStmt',
  'CreateConversionStmt',
  'CreateDomainStmt',
  'CreateExtensionStmt',
  'CreateOpClassStmt',
  'CreateOpFamilyStmt',
  'CreatePublicationStmt',
  'CreateRangeStmt',
  'CreateSchemaStmt',
  'CreateSeqStmt',
  'CreateStatsStmt',
  'DefineStmt',
  'ExplainStmt',
  'LockStmt',
  'NotifyStmt',
  'RefreshMatViewStmt',
  'SecLabelStmt',
  'VariableShowStmt',
]);

// What migrations commonly call: they change sequences, settings and locks, and no row.
const harmlessFunctions =
  /^(setval|nextval|currval|set_config|current_setting|pg_sleep|pg_notify|pg_(try_)?advisory_\w+|now|version|count|max|min|sum|coalesce|format|concat|lower|upper|length|to_regclass)$/;

/** Judges what is no statement of its own kind: a query, a table made by one, and all that the check does not read. */
export function judgeOther(node: Node, context: HazardContext): Judged {
  if ('CreateTableAsStmt' in node) {
    const { into, query, objtype } = node.CreateTableAsStmt;
    const name = into?.rel?.relname ?? '';
    return objtype === 'OBJECT_MATVIEW' ? expand(`create view ${name}`) : makeTable(name, query, context);
  }
  if ('SelectStmt' in node) {
    const name = node.SelectStmt.intoClause?.rel?.relname;
    return name === undefined ? judgeQuery(node.SelectStmt) : makeTable(name, node, context);
  }
  if ('VacuumStmt' in node) return judgeVacuum(node.VacuumStmt);
  const [kind = ''] = Object.keys(node);
  const command = printCommand(kind);
  if (harmless.has(kind)) return expand(command);
  return expand(
    command,
    unclear(
      command,
      `What ${command} does is not judged.`,
      'The check does not read statements of this kind.',
    ),
  );
}

/** FULL writes the table anew; without it nobody waits. */
function judgeVacuum({ options = [], rels = [] }: VacuumStmt): Judged {
  const isFull = options.some((option) => 'DefElem' in option && option.DefElem.defname === 'full');
  const [first] = rels;
  const table =
    first && 'VacuumRelation' in first ? (first.VacuumRelation.relation?.relname ?? '') : 'every table';
  if (!isFull) return expand(`vacuum ${table}`);
  return expand(`vacuum ${table}`, {
    rule: 'rows-rewritten',
    severity: 'warning',
    table,
    what: `VACUUM FULL writes ${table} anew.`,
    why: 'It is done under an exclusive lock: nobody reads or writes the table until that ends.',
    next: ['Write VACUUM without FULL, or run it when nobody needs the table.'],
  });
}

/** `DropOwnedStmt` is `DROP OWNED`. */
function printCommand(kind: string): string {
  return kind
    .replace(/Stmt$/, '')
    .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase();
}

function makeTable(name: string, query: Node | undefined, context: HazardContext): Judged {
  const summary = `create table ${name}`;
  if (listSelected(query, context.now) !== undefined) return expand(summary);
  return expand(
    summary,
    unclear(
      name,
      `Which columns table ${name} gets is not judged.`,
      'Its query does not tell them without the database.',
      ['Write CREATE TABLE with the columns, and fill it by INSERT.'],
    ),
  );
}

/** A query changes nothing, unless a function that it calls does. */
function judgeQuery(select: SelectStmt): Judged {
  const unknown = [...new Set(listCalls(select))].filter((name) => !harmlessFunctions.test(name));
  if (unknown.length === 0) return migrate('run a query');
  const names = unknown.join(', ');
  return migrate(
    `run ${names}`,
    unclear(
      names,
      `What ${unknown.length === 1 ? 'function' : 'functions'} ${names} in the query ${unknown.length === 1 ? 'does' : 'do'} is not judged.`,
      'It is a program: which statements it runs is known only where it runs.',
    ),
  );
}

function listCalls(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(listCalls);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => [
    ...(key === 'FuncCall' ? nameOfCall(inner) : []),
    ...listCalls(inner),
  ]);
}

function nameOfCall(call: unknown): string[] {
  if (typeof call !== 'object' || call === null || !('funcname' in call) || !Array.isArray(call.funcname))
    return [];
  const name = (call.funcname as Node[]).map(textOf).at(-1);
  return name === undefined ? [] : [name];
}
