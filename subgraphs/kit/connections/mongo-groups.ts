import type { Collection, Document } from 'mongodb';
import { BSON } from 'mongodb';

import { runRead } from '../database/mongo.ts';
import type { JointReads } from '../loading/joint-reads.ts';

/** The documents of many parents, which name their parents in a field. */
export interface MongoChildren {
  readonly collection: Pick<Collection, 'collectionName' | 'aggregate'>;
  /** The field that holds the parent's key. */
  readonly parentField: string;
  /** True when the field is a list of keys, so that one document belongs to several parents. */
  readonly isList: boolean;
  readonly parentKeys: readonly string[];
  /** What else a document must meet; `{}` for all. */
  readonly filter: Document;
}

/** What is to be known of each parent's documents: accumulators of `$group`, by the names that their values have. */
export type Accumulators = Readonly<Record<string, Document>>;

/**
 * What accumulators make of the documents of each parent, by the parents' keys; a parent without documents is not there.
 * All that is asked of the same documents in one tick comes with one statement, which reads them once.
 */
export async function readMongoGroups<Values extends Document>(
  loaders: JointReads,
  children: MongoChildren,
  accumulators: Accumulators,
): Promise<Map<string, Values>> {
  const { groups, names } = await loaders.together(identityOf(children), accumulators, (parts) =>
    readJoint(children, parts),
  );
  const own = names.get(accumulators);
  if (own === undefined) throw new Error('Expected the names of every part that was read.');
  return new Map(
    groups.map((group) => [
      group['_id'] as string,
      Object.fromEntries(own.map(([name, inGroup]) => [name, group[inGroup] as unknown])) as Values,
    ]),
  );
}

/** By part: each of its names, and the one that its value has in the groups. */
type JointNames = ReadonlyMap<Accumulators, readonly (readonly [name: string, inGroup: string])[]>;

interface JointGroups {
  readonly groups: readonly Document[];
  readonly names: JointNames;
}

async function readJoint(children: MongoChildren, parts: readonly Accumulators[]): Promise<JointGroups> {
  const { joined, names } = joinAccumulators(parts);
  const pipeline = [...matchParents(children), { $group: { _id: `$${children.parentField}`, ...joined } }];
  const groups = await runRead((options) => children.collection.aggregate(pipeline, options).toArray());
  return { groups, names };
}

/** Two parts may want the same, and may call two things by one name. */
function joinAccumulators(parts: readonly Accumulators[]): { joined: Document; names: JointNames } {
  const joined: Document = {};
  const names = new Map(
    parts.map((part) => [
      part,
      Object.entries(part).map(([name, accumulator]) => {
        let inGroup = name;
        for (let number = 2; inGroup in joined && !isSame(joined[inGroup] as Document, accumulator); number++)
          inGroup = `${name}${number}`;
        joined[inGroup] = accumulator;
        return [name, inGroup] as const;
      }),
    ]),
  );
  return { joined, names };
}

function isSame(one: Document, other: Document): boolean {
  return BSON.EJSON.stringify(one) === BSON.EJSON.stringify(other);
}

function identityOf({ collection, parentField, isList, parentKeys, filter }: MongoChildren): string {
  const kept = Object.keys(filter).length === 0 ? '' : BSON.EJSON.stringify(filter);
  return `${collection.collectionName} ${parentField} ${isList} ${kept} ${JSON.stringify(parentKeys)}`;
}

function matchParents({ parentField, isList, parentKeys, filter }: MongoChildren): Document[] {
  const parents = { [parentField]: { $in: [...parentKeys] } };
  return [
    { $match: { ...parents, ...filter } },
    ...(isList ? [{ $unwind: `$${parentField}` }, { $match: parents }] : []),
  ];
}
