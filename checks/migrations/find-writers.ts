import { findTable } from '../databases/table-mapping.ts';
import type { Hit } from '../finding.ts';
import { listTypes, namedType, type SubgraphType } from '../project/subgraph-types.ts';
import type { ReaderContext } from './find-readers.ts';

/**
 * The known operations that may write rows of a table: those with a mutation of the service that returns what is kept
 * there, or a payload with that in it. Which columns a resolver writes, the schema does not tell.
 */
export function findWriters(context: ReaderContext, table: string): Hit[] {
  const { base, database, evidence, tables } = context;
  const document = base.index.documents.get(database.service);
  if (document === undefined || evidence === undefined) return [];
  const types = listTypes(document);
  const isKept = (type: SubgraphType | undefined) =>
    type !== undefined && findTable(database, type.name, type.interfaces, tables)?.name === table;
  const writers = (types.get('Mutation')?.fields ?? []).flatMap((field) => {
    const type = types.get(namedType(field.type));
    const returned = [type, ...(type?.fields ?? []).map((inner) => types.get(namedType(inner.type)))];
    return returned.some(isKept) ? [`Mutation.${field.name.value}`] : [];
  });
  const told = new Set<string>();
  return writers.flatMap((writer) =>
    evidence.findHits(({ known, used }) => {
      const key = `${known.location.file} ${known.name}`;
      if (!used.has(writer) || told.has(key)) return false;
      told.add(key);
      return `may write a row by ${writer}`;
    }, writer),
  );
}
