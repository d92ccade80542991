import { hasUniqueIndex, type TableFacts } from '../databases/database-facts.ts';
import type { ServiceDatabase } from '../databases/service-database.ts';
import { findColumn, findTable } from '../databases/table-mapping.ts';
import { listKeys, listTypes, type SubgraphType } from '../project/subgraph-types.ts';
import { eachSubgraph, type Rule, type RuleContext } from './rule.ts';

/** What `@key` promises to be unique is unique in the database. */
export const keyWithoutUniqueIndex: Rule = {
  id: 'key-without-unique-index',
  judgement: 'rules',
  severity: 'warning',
  reason:
    'The gateway loads entities by their key, many at a time: without an index each load reads the table, and without uniqueness it may find the wrong row.',
  *check(context) {
    for (const { subgraph, document } of eachSubgraph(context)) {
      const database = context.databases.get(subgraph.name);
      if (database === undefined || database.facts.tables.size === 0) continue;
      for (const type of listTypes(document).values())
        for (const key of listKeys(type)) {
          const fields = key.fields.trim().split(/[\s,]+/);
          // A key that is only referred to is another service's; a nested one is not one table's.
          if (!key.isResolvable || key.fields.includes('{')) continue;
          const fault = findFault(context, database, type, fields);
          if (fault === undefined) continue;
          yield {
            subject: `${type.name} @key(fields: "${key.fields}")`,
            what: `${subgraph.name}: nothing makes the key (${fields.join(', ')}) of ${type.name} unique in ${fault}.`,
            location: { file: subgraph.schemaFile, line: type.line },
            why: this.reason,
            next: [
              database.kind === 'postgres'
                ? `Declare @id, @unique or @@unique for it in ${database.declaration?.file ?? 'schema.prisma'} and migrate.`
                : `Add a unique index to ${database.declaration?.file ?? 'collections.json'} and migrate.`,
              'When the service answers the key without a table: switch the rule off for this key and say so.',
            ],
          };
        }
    }
  },
};

/** The table that lacks a unique index on the key; undefined when there is one, or no table to judge. */
function findFault(
  context: RuleContext,
  database: ServiceDatabase,
  type: SubgraphType,
  fields: readonly string[],
): string | undefined {
  const table = findTable(database, type.name, type.interfaces, context.tables);
  // A type without a table of its own is answered from somewhere else: there is nothing to judge.
  if (table === undefined) return undefined;
  return isUnique(database, table, fields) ? undefined : table.name;
}

function isUnique(database: ServiceDatabase, table: TableFacts, fields: readonly string[]): boolean {
  const columns = fields.map((field) => findColumn(database, table, field));
  // A field without a column of its name is computed from something: there is nothing to judge.
  if (columns.includes(undefined)) return true;
  return hasUniqueIndex(
    table,
    columns.filter((column) => column !== undefined),
  );
}
