import type { Node } from 'libpg-query';

import type { DatabaseFacts, IndexFacts } from '../databases/database-facts.ts';
import { contract, isDeployed, type Hazard, type HazardContext, type JudgedStatement } from './hazard.ts';
import { dropIndexHazard } from './judge-constraint.ts';
import { dropColumn } from './judge-alter.ts';
import { goneView } from './judge-view.ts';
import { refused } from './unjudged.ts';

type Judged = Omit<JudgedStatement, 'line'>;

/** What stands in the database at one moment. */
export interface Standing {
  readonly views: ReadonlySet<string>;
  readonly columns: ReadonlyMap<string, ReadonlySet<string>>;
  readonly indexes: ReadonlyMap<string, readonly IndexFacts[]>;
}

export function listStanding({ tables, views }: DatabaseFacts): Standing {
  const entries = [...tables.values()];
  return {
    views: new Set(views.keys()),
    columns: new Map(entries.map(({ name, columns }) => [name, new Set(columns.keys())])),
    indexes: new Map(entries.map(({ name, indexes }) => [name, [...indexes.values()]])),
  };
}

/** Judges what a statement took along without naming it: views, indexes and columns that were made of what it drops. */
export function judgeLost(
  node: Node,
  judged: readonly Judged[],
  before: Standing,
  context: HazardContext,
): Judged[] {
  // What has another name is still there.
  if ('RenameStmt' in node || 'AlterObjectSchemaStmt' in node) return [];
  const told = judged.flatMap(({ hazards }) => hazards);
  return [
    ...listLostViews(before, context)
      .filter((name) => !told.some(({ table }) => table === name) && !isNamed(node, name))
      .map((name) => contract(`drop view ${name}`, judgeView(name, node))),
    ...listLostColumns(before, context)
      .filter(({ table, column }) => !told.some((one) => one.table === table && one.part === column))
      .map(({ table, column }) => contract(`drop column ${table}.${column}`, dropColumn(table, column))),
    ...listLostIndexes(before, context)
      .filter(({ table, index }) => !told.some((one) => one.table === table && one.part === index.name))
      .map(({ table, index }) =>
        contract(
          `drop index ${index.name}`,
          dropIndexHazard(table, index.name, index.columns.filter(Boolean), index.isUnique),
        ),
      ),
  ];
}

function judgeView(name: string, node: Node): Hazard {
  if (isCascading(node)) return goneView(name);
  return refused(
    name,
    `View ${name} reads what is dropped.`,
    'It drops what a view reads only with the view.',
    [`Drop view ${name} first, when no version that reads it runs any more, or make it anew without that.`],
  );
}

function isNamed(node: Node, view: string): boolean {
  return 'DropStmt' in node && JSON.stringify(node.DropStmt.objects).includes(JSON.stringify(view));
}

function isCascading(node: Node): boolean {
  if ('DropStmt' in node) return node.DropStmt.behavior === 'DROP_CASCADE';
  if (!('AlterTableStmt' in node)) return false;
  return (node.AlterTableStmt.cmds ?? []).some(
    (part) => 'AlterTableCmd' in part && part.AlterTableCmd.behavior === 'DROP_CASCADE',
  );
}

function listLostViews({ views }: Standing, { now, deployed }: HazardContext): string[] {
  return [...views].filter((name) => deployed.views.has(name) && !now.views.has(name));
}

function listLostColumns(
  { columns }: Standing,
  context: HazardContext,
): { readonly table: string; readonly column: string }[] {
  return [...columns].flatMap(([table, names]) =>
    isDeployed(table, context)
      ? [...names]
          .filter((name) => context.deployed.tables.get(table)?.columns.has(name))
          .filter((name) => context.now.tables.get(table)?.columns.has(name) === false)
          .map((column) => ({ table, column }))
      : [],
  );
}

/** Of what is left: an index goes with its last column, and nobody can search by that any more. */
function listLostIndexes(
  { indexes }: Standing,
  context: HazardContext,
): { readonly table: string; readonly index: IndexFacts }[] {
  return [...indexes].flatMap(([table, list]) => {
    const now = context.now.tables.get(table);
    if (now === undefined || !isDeployed(table, context)) return [];
    const isLeft = (column: string) => now.columns.has(column);
    // What a constraint takes for its own goes on under the constraint's name.
    const print = ({ columns, isUnique }: IndexFacts) => JSON.stringify([columns, isUnique]);
    const left = new Set([...now.indexes.values()].map(print));
    return list
      .filter((index) => !left.has(print(index)) && index.columns.some(isLeft))
      .filter(({ name }) => context.deployed.tables.get(table)?.indexes.has(name))
      .map((index) => ({ table, index }));
  });
}
