import type { Node, RangeVar } from 'libpg-query';

import type { DatabaseFacts, TableFacts } from './database-facts.ts';
import { textOf } from './sql-names.ts';

/** A name as a statement writes it, with its schema where it says one. */
export interface RelationName {
  readonly schemaname?: string | undefined;
  readonly relname?: string | undefined;
  readonly relpersistence?: string | undefined;
}

/** Where the temporary tables of a session are, which come before all others of their name. */
export const temporarySchema = 'pg_temp';

/** The table that a statement means: of its schema, else the first of the search path. */
export function findTableNamed(
  facts: DatabaseFacts,
  relation: RelationName | undefined,
): TableFacts | undefined {
  const { schemaname, relname = '' } = relation ?? {};
  const schemas = schemaname === undefined ? [temporarySchema, ...facts.searchPath] : [schemaname];
  for (const schema of schemas) {
    const found = [facts.tables.get(relname), facts.tables.get(`${schema}.${relname}`)].find(
      (table) => table?.ownName === relname && (table.schema ?? 'public') === schema,
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What a table goes by in the model: its own name, and with its schema where another one has that. */
export function chooseTableKey(facts: DatabaseFacts, schema: string, name: string): string {
  return facts.tables.has(name) ? `${schema}.${name}` : name;
}

/** What the table or view of a statement goes by; one that is not there as the statement writes it. */
export function keyOf(facts: DatabaseFacts, relation: RangeVar | RelationName | undefined): string {
  const found = findTableNamed(facts, relation);
  if (found !== undefined) return found.name;
  const { schemaname, relname = '' } = relation ?? {};
  return facts.tables.has(relname) ? `${schemaname ?? schemaOf(facts, relation)}.${relname}` : relname;
}

/** `"archive"."people"` of a DROP, which is a list of texts. */
export function relationOf(object: Node): RelationName {
  const parts = 'List' in object ? (object.List.items ?? []).map(textOf) : [textOf(object)];
  return { schemaname: parts.at(-2), relname: parts.at(-1) };
}

/** The schema in which a statement makes what it names. */
export function schemaOf(facts: DatabaseFacts, relation: RelationName | undefined): string {
  if (relation?.relpersistence === 't') return temporarySchema;
  const { schemas, searchPath } = facts;
  return (
    relation?.schemaname ?? searchPath.find((schema) => schemas.has(schema)) ?? searchPath[0] ?? 'public'
  );
}

/** What ends with the session that runs a migration: its temporary tables, and where it looks for names. */
export function endSession(facts: DatabaseFacts): void {
  facts.searchPath = ['public'];
  for (const table of facts.tables.values())
    if (table.schema === temporarySchema) facts.tables.delete(table.name);
}
