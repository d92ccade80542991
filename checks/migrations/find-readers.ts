import { findWordInCode } from '../databases/migration.ts';
import { listSearches } from '../databases/searches.ts';
import type { ServiceDatabase } from '../databases/service-database.ts';
import { findColumn, findTable } from '../databases/table-mapping.ts';
import type { Hit, RelatedPlace, SourceLocation } from '../finding.ts';
import type { Evidence } from '../operations/evidence.ts';
import { hasDirective, listTypes } from '../project/subgraph-types.ts';
import type { Snapshot } from '../project/snapshot.ts';

/** What of the deployed version reads a table or column. */
export interface Readers {
  /** Where schema.prisma declares it: Prisma selects every column that it knows. */
  readonly declared: RelatedPlace | undefined;
  readonly code: readonly RelatedPlace[];
  /** GraphQL fields that are answered from it. */
  readonly fields: readonly string[];
  readonly hits: readonly Hit[];
}

export interface ReaderContext {
  /** The side whose code and schema are looked at: of a migration the base, which is deployed. */
  readonly base: Snapshot;
  readonly database: ServiceDatabase;
  readonly evidence: Evidence | undefined;
  readonly tables: Readonly<Record<string, string>>;
}

/** Looks in the base's schema.prisma, code and GraphQL schema for readers of a table, or of one column of it. */
export function findReaders(context: ReaderContext, table: string, column: string | undefined): Readers {
  const { base, database } = context;
  const model = database.models.find((candidate) => candidate.table === table);
  const field = model?.fields.find((candidate) => candidate.column === column);
  const place = column === undefined ? model?.location : field?.location;
  const words = column === undefined ? [table] : [field?.name ?? column, column];
  const code = [...new Set(words)].flatMap((word) => findNameInCode(base, database.service, word));
  return {
    declared: place === undefined ? undefined : { ...place, label: 'declared for the deployed version' },
    code: code.slice(0, 3).map((location) => ({ ...location, label: 'named in the deployed code' })),
    ...findAnswered(context, table, column),
  };
}

/** Where the code of a service names a table, column or property; nowhere for a name that says too little. */
export function findNameInCode(base: Snapshot, service: string, name: string): SourceLocation[] {
  return name.length < 3 || name === 'name' ? [] : findWordInCode(base, service, name);
}

/** The GraphQL fields that are answered from a table, or from one column of it, and who asks for them. */
export function findAnswered(
  context: ReaderContext,
  table: string,
  column: string | undefined,
): Pick<Readers, 'fields' | 'hits'> {
  const { evidence } = context;
  const fields = listAnsweredFields(context, table, column);
  return {
    fields,
    hits: evidence?.findHits(({ used }) => fields.some((field) => used.has(field)), ...fields) ?? [],
  };
}

/** The sentence that names the fields, to stand behind another; empty when there are none. */
export function printAnswered(fields: readonly string[]): string {
  return fields.length === 0 ? '' : ` GraphQL answers ${fields.join(', ')} from it.`;
}

function listAnsweredFields(context: ReaderContext, table: string, column: string | undefined): string[] {
  const { base, database, tables } = context;
  const document = base.index.documents.get(database.service);
  if (document === undefined) return [];
  return [...listTypes(document).values()].flatMap((type) => {
    const facts = findTable(database, type.name, type.interfaces, tables);
    if (facts?.name !== table) return [];
    return type.fields
      .filter((field) => !hasDirective(field, 'external'))
      .filter((field) => column === undefined || findColumn(database, facts, field.name.value) === column)
      .map((field) => `${type.name}.${field.name.value}`);
  });
}

/** The searches of the deployed version that lose their index, with who sends them. */
export function findSearchers(
  context: ReaderContext,
  table: string,
  isStillIndexed: (column: string, isNested: boolean) => boolean,
  columns: readonly string[],
): { readonly choosers: readonly RelatedPlace[]; readonly hits: readonly Hit[] } {
  const document = context.base.index.documents.get(context.database.service);
  if (document === undefined) return { choosers: [], hits: [] };
  const searches = listSearches(document, context.database, context.tables).filter(
    (search) =>
      search.table === table &&
      columns.some((column) => column.split('.')[0] === search.column) &&
      !isStillIndexed(search.column, search.isNested),
  );
  const hits =
    context.evidence?.findHits((operation) =>
      searches.some((search) => {
        if (search.kind === 'key')
          return operation.types.has(search.field) ? `may load ${search.field} by ${search.chooser}` : false;
        const input = search.chooser.split('.')[0] ?? '';
        if (!operation.used.has(search.field)) return false;
        if (search.defaultOf !== undefined && !operation.used.has(search.defaultOf)) return true;
        return operation.used.has(search.chooser) || operation.variableTypes.has(input);
      }),
    ) ?? [];
  const names = [...new Set(searches.map(({ chooser }) => chooser))];
  return {
    choosers: names.map((name) => {
      const places = context.base.index.find(name);
      const place = places.find(({ subgraph }) => subgraph === context.database.service) ?? places[0];
      return { file: place?.file ?? '', line: place?.line ?? 1, label: name };
    }),
    hits,
  };
}
