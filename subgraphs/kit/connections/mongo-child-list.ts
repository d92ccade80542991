import type { Document } from 'mongodb';

import type { JointReads } from '../loading/joint-reads.ts';
import type { ChildListReads } from './child-list.ts';
import { type MongoChildren, readMongoGroups } from './mongo-groups.ts';
import { buildMongoPage } from './mongo-page.ts';
import type { SortOrder } from './sort-order.ts';

/** How the lists of many parents are read from a collection whose documents name their parents. */
export interface MongoChildList<Row> extends Pick<MongoChildren, 'collection' | 'parentField' | 'isList'> {
  readonly loaders: JointReads;
  /** What a document must meet to be in a list. */
  readonly conditions: readonly Document[];
  readonly order: SortOrder<Row>;
  /** The projection that reads these fields of a node; the sort keys are among them. */
  readonly projectionOf: (asked: ReadonlySet<string>) => Document;
  readonly rowOf: (document: Document) => Row;
}

/**
 * Reads the same page of each parent's list, and counts the lists: in one statement where the page is the first or the
 * last, since it then reads the documents that are counted. `$topN` keeps no more than a page of each list in memory.
 */
export function readMongoChildList<Row>(list: MongoChildList<Row>): ChildListReads<Row> {
  const { loaders, conditions, order, projectionOf, rowOf } = list;
  return {
    async readRows(parentKeys, page, asked) {
      const { filter, sort, limit } = buildMongoPage(page, order, conditions);
      const rows = { $topN: { n: limit, sortBy: sort, output: outputOf(projectionOf(asked)) } };
      const groups = await readMongoGroups<{ readonly rows: readonly Document[] }>(
        loaders,
        { parentKeys, filter, ...list },
        { rows },
      );
      return [...groups].flatMap(([parentKey, group]) =>
        group.rows.map((document) => ({ parentKey, ...rowOf(document) })),
      );
    },
    async readCounts(parentKeys) {
      const filter = conditions.length === 0 ? {} : { $and: [...conditions] };
      const groups = await readMongoGroups<{ readonly count: number }>(
        loaders,
        { parentKeys, filter, ...list },
        { count: { $sum: 1 } },
      );
      return [...groups].map(([parentKey, { count }]) => ({ parentKey, count }));
    },
  };
}

/** A projection as an expression, which is computed of the rows that are kept alone. */
function outputOf(projection: Document): Document {
  return Object.fromEntries(['_id', ...Object.keys(projection)].map((field) => [field, `$${field}`]));
}
