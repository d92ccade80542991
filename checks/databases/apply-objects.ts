import type { Node } from 'libpg-query';

import type { DatabaseFacts, TableFacts } from './database-facts.ts';
import { listSelected } from './selected-columns.ts';
import { lastName, textOf } from './sql-names.ts';

/** Applies a statement about what stands beside tables: views, functions, policies, and tables made by a query. */
export function applyObject(facts: DatabaseFacts, node: Node): void {
  if ('ViewStmt' in node) {
    const { view, aliases = [], query } = node.ViewStmt;
    const columns = listSelected(query, facts, aliases.map(textOf));
    facts.views.set(
      view?.relname ?? '',
      columns?.map(({ name }) => name),
    );
  } else if ('CreateTableAsStmt' in node) {
    const { into, query, objtype } = node.CreateTableAsStmt;
    const columns = listSelected(query, facts, (into?.colNames ?? []).map(textOf));
    const name = into?.rel?.relname ?? '';
    if (objtype === 'OBJECT_MATVIEW')
      facts.views.set(
        name,
        columns?.map((column) => column.name),
      );
    else addQueried(facts, name, into?.rel?.schemaname, columns);
  } else if ('SelectStmt' in node) {
    const rel = node.SelectStmt.intoClause?.rel;
    if (rel?.relname !== undefined) addQueried(facts, rel.relname, rel.schemaname, listSelected(node, facts));
  } else if ('CreateFunctionStmt' in node)
    facts.functions.add((node.CreateFunctionStmt.funcname ?? []).map(textOf).at(-1) ?? '');
  else if ('CreatePolicyStmt' in node) {
    const table = facts.tables.get(node.CreatePolicyStmt.table?.relname ?? '');
    table?.policies?.add(node.CreatePolicyStmt.policy_name ?? '');
  }
}

function addQueried(
  facts: DatabaseFacts,
  name: string,
  schema: string | undefined,
  columns: ReturnType<typeof listSelected>,
): void {
  if (facts.tables.has(name)) return;
  const table = createTable(name, schema);
  // A query gives values alone: no key, no default, and nothing that has to be there.
  for (const column of columns ?? [])
    table.columns.set(column.name, {
      name: column.name,
      type: column.type,
      isNullable: true,
      hasDefault: false,
    });
  facts.tables.set(name, columns === undefined ? { ...table, isUnclear: true } : table);
}

export function createTable(name: string, schema = 'public'): TableFacts {
  return { name, schema, columns: new Map(), indexes: new Map(), policies: new Set() };
}

/** Takes away a view, function, policy or schema. */
export function dropObject(facts: DatabaseFacts, kind: string, object: Node, isCascade: boolean): void {
  const name = lastName(object);
  if (kind === 'OBJECT_VIEW' || kind === 'OBJECT_MATVIEW') facts.views.delete(name);
  if (kind === 'OBJECT_FUNCTION' || kind === 'OBJECT_PROCEDURE') facts.functions.delete(name);
  if (kind === 'OBJECT_POLICY') facts.tables.get(tableOf(object))?.policies?.delete(name);
  if (kind === 'OBJECT_SCHEMA' && isCascade)
    for (const table of facts.tables.values()) if (table.schema === name) facts.tables.delete(table.name);
}

/** The table of what belongs to one, such as `people` of the policy `public.people.p`. */
export function tableOf(object: Node): string {
  return 'List' in object ? textOf(object.List.items?.at(-2) ?? { String: {} }) : '';
}
