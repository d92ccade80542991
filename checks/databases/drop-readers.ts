import type { DatabaseFacts } from './database-facts.ts';

/**
 * Takes away the views that read a table, a view or a column: PostgreSQL does so with CASCADE, and without it does not
 * drop what they read.
 */
export function dropReadersOf(facts: DatabaseFacts, relation: string, column?: string): void {
  for (const name of listReadersOf(facts, relation, column))
    if (facts.views.delete(name)) dropReadersOf(facts, name);
}

/** The views whose query names the relation, and of it the column. */
export function listReadersOf({ views }: DatabaseFacts, relation: string, column?: string): string[] {
  return [...views]
    .filter(
      ([, { reads }]) => reads.relations.has(relation) && (column === undefined || reads.columns.has(column)),
    )
    .map(([name]) => name);
}
