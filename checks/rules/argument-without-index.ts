import { hasIndexOn } from '../databases/database-facts.ts';
import { listSearches } from '../databases/searches.ts';
import { findNearestPlace } from '../project/schema-index.ts';
import { eachSubgraph, type Rule } from './rule.ts';

/** What clients can search or order by has an index. */
export const argumentWithoutIndex: Rule = {
  id: 'argument-without-index',
  judgement: 'rules',
  severity: 'warning',
  reason: 'A search or order without an index reads the whole table, and the client chooses how often.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context)) {
      const database = context.databases.get(subgraph.name);
      if (database === undefined) continue;
      const seen = new Set<string>();
      for (const search of listSearches(document, database, context.tables)) {
        const table = database.facts.tables.get(search.table);
        if (search.kind === 'key' || table === undefined) continue;
        // `categoryId` may be searched in `categoryIds`, which holds it with all that is above it.
        const columns = [search.column, `${search.column}s`];
        if (columns.some((column) => hasIndexOn(table, column, search.isNested))) continue;
        const subject = `${search.field} ${search.chooser}`;
        if (seen.has(subject)) continue;
        seen.add(subject);
        const places = context.snapshot.index.find(search.chooser);
        const place =
          places.find((one) => one.subgraph === subgraph.name) ??
          findNearestPlace(context.snapshot.index, search.chooser);
        yield {
          subject,
          what: `${search.field} can be ${search.kind === 'sort' ? 'ordered' : 'filtered'} by ${search.chooser}, but ${search.table}.${search.column} has no index.`,
          location: { file: place?.file ?? subgraph.schemaFile, line: place?.line ?? 1 },
          why: this.reason,
          next: [
            `Add an index that begins with ${search.column}${search.isNested ? ' (or with the id of the object around it)' : ''} to ${search.table}, or take the choice away from clients.`,
          ],
        };
      }
    }
  },
};
