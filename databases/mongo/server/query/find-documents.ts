import type { CollectionReader } from '../storage/reader.ts';
import type { BsonDocument } from '../values/bson-document.ts';
import type { Deadline } from '../deadline.ts';
import { compileFilter } from './compile-filter.ts';
import { planQuery, type QueryPlan, recordsOf } from './plan-query.ts';
import { compileTextSearch, type TextSearch } from './text-search.ts';
import { TEXT_SCORE } from './text-score.ts';

/** A record that matched. */
export interface FoundRecord {
  readonly id: string;
  readonly document: BsonDocument;
}

/** What was looked at, for `explain` and the profiler. */
export interface FindStatistics {
  plan: string;
  indexName: string | null;
  keyPattern: BsonDocument | null;
  keysExamined: number;
  documentsExamined: number;
}

export interface FindOptions {
  readonly filter: BsonDocument;
  readonly hint?: unknown;
  /** Variables that `$expr` may use. */
  readonly variables?: BsonDocument;
  readonly deadline: Deadline;
  readonly statistics?: FindStatistics;
}

/** Statistics before anything was looked at. */
export function newStatistics(): FindStatistics {
  return {
    plan: 'EOF',
    indexName: null,
    keyPattern: null,
    keysExamined: 0,
    documentsExamined: 0,
  };
}

function sourceOf(
  reader: CollectionReader,
  plan: QueryPlan,
  text: TextSearch | null,
  statistics: FindStatistics,
): Iterable<string> {
  const { textIndex } = reader.collection;
  if (text !== null && textIndex !== null) {
    statistics.plan = 'TEXT_MATCH';
    statistics.indexName = textIndex.spec.name;
    return reader.withUnindexed(text.words.flatMap((word) => [...textIndex.recordsWith(word)]));
  }
  if (plan.kind === 'scan') {
    statistics.plan = 'COLLSCAN';
    return reader.allIds();
  }
  statistics.plan = 'IXSCAN';
  statistics.indexName = plan.index.spec.name;
  statistics.keyPattern = plan.index.spec.key;
  return reader.withUnindexed(recordsOf(plan));
}

/**
 * Finds the records that match, by an index where one fits. What comes out must be taken before
 * anything is written. Throws MaxTimeMSExpired in the middle of a long search.
 */
export function* findRecords(
  reader: CollectionReader,
  { filter, hint, variables, deadline, statistics = newStatistics() }: FindOptions,
): Generator<FoundRecord> {
  let text: TextSearch | null = null;
  const matches = compileFilter(filter, {
    ...(variables === undefined ? {} : { variables }),
    text: (operand) => {
      const search = compileTextSearch(operand, reader.collection.textIndex);
      text = search;
      return search.matches;
    },
  });
  // The assignment in the callback is invisible to the compiler.
  const search = text as TextSearch | null;
  const plan = planQuery(reader.collection, filter, hint);
  for (const id of sourceOf(reader, plan, search, statistics)) {
    deadline.check();
    const document = reader.get(id);
    if (plan.kind === 'index') statistics.keysExamined += 1;
    if (document === null) continue;
    statistics.documentsExamined += 1;
    if (!matches(document)) continue;
    if (search === null) yield { id, document };
    else yield { id, document: { ...document, [TEXT_SCORE]: search.score(document) } };
  }
}
