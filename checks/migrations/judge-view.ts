import type { Node } from 'libpg-query';

import { listSelected } from '../databases/selected-columns.ts';
import { lastName, textOf } from '../databases/sql-names.ts';
import { contract, expand, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { refused, unclear } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** Judges CREATE VIEW: a view that is there keeps its columns, or PostgreSQL refuses another query for it. */
export function judgeView(node: Extract<Node, { ViewStmt: unknown }>, context: HazardContext): Judged[] {
  const { view, replace: isReplaced = false } = node.ViewStmt;
  const name = view?.relname ?? '';
  const summary = `create view ${name}`;
  // What it takes away was told where it was dropped, and the two belong together.
  if (context.earlier.some((other) => drops(other, name))) return [];
  if (!isReplaced || !isDeployedView(name, context) || !context.now.views.has(name)) return [expand(summary)];
  const before = context.now.views.get(name)?.columns;
  const after = listColumns(node, context);
  if (before !== undefined && after !== undefined && before.some((column, at) => after[at] !== column)) {
    const gone = before.filter((column) => !after.includes(column));
    const what =
      gone.length === 0
        ? `View ${name} is replaced by one with its columns in another order.`
        : `View ${name} is replaced by one without ${gone.join(', ')}.`;
    return [
      contract(
        summary,
        refused(name, what, 'CREATE OR REPLACE VIEW only adds columns behind those that are there.', [
          'Add what is new at the end of the list, and keep the rest of it as it is.',
          'Or make a view of another name, and drop this one when no older version runs any more.',
        ]),
      ),
    ];
  }
  const what = `What view ${name} answers from now on is not compared with what it answered before.`;
  return [expand(summary, unclear(name, what, 'The version now deployed goes on reading it.'))];
}

function drops(node: Node, view: string): boolean {
  if (!('DropStmt' in node) || node.DropStmt.removeType !== 'OBJECT_VIEW') return false;
  return (node.DropStmt.objects ?? []).some((object) => lastName(object) === view);
}

/** Judges DROP VIEW. One that is made anew in the same file loses only the columns that the new one has not. */
export function dropView(name: string, context: HazardContext): Judged {
  const summary = `drop view ${name}`;
  if (!isDeployedView(name, context)) return contract(summary);
  const next = context.later.find((node) => 'ViewStmt' in node && node.ViewStmt.view?.relname === name);
  if (next === undefined || !('ViewStmt' in next)) return contract(summary, goneView(name));
  const after = listColumns(next, context);
  const before = context.now.views.get(name)?.columns;
  if (before === undefined || after === undefined) return expand(`make view ${name} anew`, unlike(name));
  const hazards = before
    .filter((column) => !after.includes(column))
    .map((column): Hazard => ({
      ...shared(name),
      rule: 'view-changed',
      part: column,
      what: `View ${name} is made anew without ${column}.`,
      why: 'Whoever selects it gets an error.',
      takesAway: { table: name, column, byName: true },
    }));
  return hazards.length === 0 ? expand(`make view ${name} anew`) : contract(summary, ...hazards);
}

export function goneView(name: string): Hazard {
  return {
    ...shared(name),
    rule: 'view-dropped',
    what: `View ${name} is dropped.`,
    why: 'Whoever selects from it gets an error.',
    takesAway: { table: name, byName: true },
  };
}

/** Judges a view, or one column of it, that gets another name. */
export function renameView(
  name: string,
  after: string,
  column: string | undefined,
  context: HazardContext,
): Judged {
  const summary = `rename view ${column === undefined ? name : `${name}.${column}`} to ${after}`;
  if (!isDeployedView(name, context)) return expand(summary);
  if (column !== undefined)
    return contract(summary, {
      ...shared(name),
      rule: 'view-changed',
      part: column,
      what: `Column ${column} of view ${name} is renamed to ${after}.`,
      why: 'The old name is gone at once.',
      takesAway: { table: name, column, byName: true },
    });
  return contract(summary, {
    ...shared(name),
    rule: 'table-renamed',
    what: `View ${name} is renamed to ${after}.`,
    why: 'The old name is gone at once.',
    takesAway: { table: name, byName: true },
  });
}

/** Judges a view that goes to another schema: whoever looks for it where it was gets an error. */
export function moveView(name: string, schema: string, context: HazardContext): Judged {
  const summary = `move view ${name} to schema ${schema}`;
  if (!isDeployedView(name, context)) return expand(summary);
  return contract(summary, {
    ...shared(name),
    rule: 'table-renamed',
    what: `View ${name} is moved to schema ${schema}.`,
    why: 'It is gone from its old schema at once.',
    takesAway: { table: name, byName: true },
  });
}

function shared(table: string): Pick<Hazard, 'severity' | 'table' | 'next'> {
  return {
    severity: 'warning',
    table,
    next: [
      'Make a view of another name beside it, and deploy a version that reads that.',
      'Drop this one in a later change, when no older version runs any more.',
    ],
  };
}

function unlike(name: string): Hazard {
  return unclear(
    name,
    `View ${name} is dropped and made anew, and whether it still has all its columns is not judged.`,
    'Its query does not tell them without the database.',
  );
}

function isDeployedView(name: string, { deployed }: HazardContext): boolean {
  return deployed.views.has(name);
}

function listColumns(
  { ViewStmt: { query, aliases = [] } }: Extract<Node, { ViewStmt: unknown }>,
  { now }: HazardContext,
): readonly string[] | undefined {
  return listSelected(query, now, aliases.map(textOf))?.map(({ name }) => name);
}
