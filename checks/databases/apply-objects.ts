import type { Node, VariableSetStmt } from 'libpg-query';

import { createTable, type DatabaseFacts } from './database-facts.ts';
import { dropReadersOf } from './drop-readers.ts';
import {
  chooseTableKey,
  findTableNamed,
  keyOf,
  schemaOf,
  temporarySchema,
  type RelationName,
} from './find-relation.ts';
import { isNull, listNamed } from './named-in-sql.ts';
import { listSelected } from './selected-columns.ts';
import { lastName, textOf } from './sql-names.ts';

/** Applies a statement about what stands beside tables: views, functions, policies, and tables made by a query. */
export function applyObject(facts: DatabaseFacts, node: Node): void {
  if ('ViewStmt' in node) {
    const { view, aliases = [], query } = node.ViewStmt;
    addView(facts, view, query, aliases.map(textOf));
  } else if ('CreateTableAsStmt' in node) {
    const { into, query, objtype } = node.CreateTableAsStmt;
    const aliases = (into?.colNames ?? []).map(textOf);
    if (objtype === 'OBJECT_MATVIEW') {
      if (!facts.views.has(into?.rel?.relname ?? '')) addView(facts, into?.rel, query, aliases);
    } else addQueried(facts, into?.rel, listSelected(query, facts, aliases));
  } else if ('SelectStmt' in node) {
    const rel = node.SelectStmt.intoClause?.rel;
    if (rel?.relname !== undefined) addQueried(facts, rel, listSelected(node, facts));
  } else if ('VariableSetStmt' in node) setSearchPath(facts, node.VariableSetStmt);
  else if ('CreateDomainStmt' in node) {
    const { domainname = [], constraints = [] } = node.CreateDomainStmt;
    const parts = constraints.flatMap((part) => ('Constraint' in part ? [part.Constraint] : []));
    const has = (kind: string) => parts.some(({ contype }) => contype === kind);
    facts.domains.set(domainname.map(textOf).at(-1) ?? '', {
      isRequired: has('CONSTR_NOTNULL'),
      hasDefault: parts.some(
        ({ contype, raw_expr: value }) => contype === 'CONSTR_DEFAULT' && !isNull(value),
      ),
      isChecked: has('CONSTR_CHECK'),
    });
  } else if ('CreateFunctionStmt' in node)
    facts.functions.add((node.CreateFunctionStmt.funcname ?? []).map(textOf).at(-1) ?? '');
  else if ('CreatePolicyStmt' in node) {
    const table = findTableNamed(facts, node.CreatePolicyStmt.table);
    table?.policies?.add(node.CreatePolicyStmt.policy_name ?? '');
  }
}

function addView(
  facts: DatabaseFacts,
  view: RelationName | undefined,
  query: Node | undefined,
  aliases: readonly string[],
): void {
  const { relations, columns } = listNamed(query);
  // It is as temporary as what it reads.
  const isTemporary = relations.some((name) => findTableNamed(facts, name)?.schema === temporarySchema);
  if (isTemporary || view?.relpersistence === 't') return;
  facts.views.set(view?.relname ?? '', {
    schema: schemaOf(facts, view),
    columns: listSelected(query, facts, aliases)?.map(({ name }) => name),
    reads: {
      relations: new Set(relations.map((name) => keyOf(facts, name))),
      columns: spellOut(facts, relations, columns),
    },
  });
}

/** `*` stands for the columns of the day on which the view was made. */
function spellOut(
  facts: DatabaseFacts,
  relations: readonly RelationName[],
  columns: ReadonlySet<string>,
): Set<string> {
  if (!columns.has('*')) return new Set(columns);
  const tables = relations.map((name) => findTableNamed(facts, name));
  return new Set([...columns, ...tables.flatMap((table) => [...(table?.columns.keys() ?? [])])]);
}

/** RESET and SET ... TO DEFAULT go back to where a session begins. */
function setSearchPath(facts: DatabaseFacts, { name, kind, args = [] }: VariableSetStmt): void {
  if (name !== 'search_path' && kind !== 'VAR_RESET_ALL') return;
  const schemas = args.flatMap((part) => ('A_Const' in part ? [part.A_Const.sval?.sval ?? ''] : []));
  facts.searchPath = kind === 'VAR_SET_VALUE' ? schemas : ['public'];
}

function addQueried(
  facts: DatabaseFacts,
  relation: RelationName | undefined,
  columns: ReturnType<typeof listSelected>,
): void {
  const schema = schemaOf(facts, relation);
  const ownName = relation?.relname ?? '';
  if (findTableNamed(facts, { schemaname: schema, relname: ownName }) !== undefined) return;
  const table = createTable(chooseTableKey(facts, schema, ownName), schema, ownName);
  // A query gives values alone: no key, no default, and nothing that has to be there.
  for (const column of columns ?? [])
    table.columns.set(column.name, {
      name: column.name,
      type: column.type,
      isNullable: facts.domains.get(column.type)?.isRequired !== true,
      hasDefault: facts.domains.get(column.type)?.hasDefault === true,
    });
  facts.tables.set(table.name, columns === undefined ? { ...table, isUnclear: true } : table);
}

/** Takes away a view, function, policy or schema. */
export function dropObject(facts: DatabaseFacts, kind: string, object: Node, isCascade: boolean): void {
  const name = lastName(object);
  if ((kind === 'OBJECT_VIEW' || kind === 'OBJECT_MATVIEW') && facts.views.delete(name))
    dropReadersOf(facts, name);
  if (kind === 'OBJECT_FUNCTION' || kind === 'OBJECT_PROCEDURE') facts.functions.delete(name);
  if (kind === 'OBJECT_POLICY') findTableNamed(facts, { relname: tableOf(object) })?.policies?.delete(name);
  if (kind === 'OBJECT_SCHEMA') {
    if (isCascade) dropSchema(facts, name);
    facts.schemas.delete(name);
  }
}

function dropSchema(facts: DatabaseFacts, schema: string): void {
  for (const [name, view] of facts.views) if (view.schema === schema) facts.views.delete(name);
  for (const table of facts.tables.values())
    if (table.schema === schema) {
      facts.tables.delete(table.name);
      dropReadersOf(facts, table.name);
    }
}

/** The table of what belongs to one, such as `people` of the policy `public.people.p`. */
export function tableOf(object: Node): string {
  return 'List' in object ? textOf(object.List.items?.at(-2) ?? { String: {} }) : '';
}
