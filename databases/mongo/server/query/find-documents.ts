import type { CollectionReader } from '../storage/reader.ts';
import type { BsonDocument } from '../values/bson-document.ts';
import type { Deadline } from '../deadline.ts';
import { compileFilter } from './compile-filter.ts';
import { planQuery, type QueryPlan, recordsOf } from './plan-query.ts';
import { compileSort } from './sort-documents.ts';
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
  direction: 'forward' | 'backward';
  /** The order that the records had to be brought into, which costs finding them all. */
  sorted: BsonDocument | null;
  keysExamined: number;
  documentsExamined: number;
}

export interface FindOptions {
  readonly filter: BsonDocument;
  readonly hint?: unknown;
  /** The order in which records are given, as a sort specification; none: that in which they are found. */
  readonly sort?: BsonDocument | undefined;
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
    direction: 'forward',
    sorted: null,
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
  statistics.direction = plan.inOrder === -1 ? 'backward' : 'forward';
  return reader.withUnindexed(recordsOf(plan));
}

/**
 * Finds the records that match, by an index where one fits, and gives them in the order that is asked for: as they are
 * found where an index has that order, else once all are found. What comes out must be taken before anything is
 * written. Throws MaxTimeMSExpired in the middle of a long search.
 */
export function* findRecords(
  reader: CollectionReader,
  { filter, hint, sort, variables, deadline, statistics = newStatistics() }: FindOptions,
): Generator<FoundRecord> {
  const sorter = sort && compileSort(sort);
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
  // A transaction sees what no index knows yet, and a text search has its own index.
  const isByIndex = search === null && !reader.isInTransaction;
  const plan = planQuery(reader.collection, filter, { hint, sort: isByIndex ? sort : undefined });
  const found = matching();
  if (sorter === undefined || (plan.kind === 'index' && plan.inOrder !== 0)) {
    yield* found;
    return;
  }
  // Natural order is that of a scan, and backwards that of a scan from its end.
  statistics.sorted = sort === undefined || Object.hasOwn(sort, '$natural') ? null : sort;
  yield* sorter([...found]);

  function* matching(): Generator<FoundRecord> {
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
}
