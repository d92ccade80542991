import { ObjectId } from 'bson';
import { CommandError } from '../command-error.ts';
import { isOperatorObject } from '../query/compile-filter.ts';
import { isRegex } from '../query/field-conditions.ts';
import { copyValue } from '../values/bson-codec.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { isReplacement, type Updater } from './compile-update.ts';
import { getAt, setAt } from './update-paths.ts';

/** What a filter says a document equals: the fields that an upsert starts from. */
function equalitiesOf(filter: BsonDocument, into: Map<string, unknown>): Map<string, unknown> {
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(condition)) {
      for (const part of condition as unknown[]) if (isDocument(part)) equalitiesOf(part, into);
    } else if (name === '$or' && Array.isArray(condition) && condition.length === 1) {
      const [only] = condition as unknown[];
      if (isDocument(only)) equalitiesOf(only, into);
    } else if (!name.startsWith('$') && !isRegex(condition)) {
      if (!isOperatorObject(condition)) into.set(name, condition);
      else if (Object.hasOwn(condition, '$eq')) into.set(name, condition['$eq']);
      else if (Array.isArray(condition['$in']) && condition['$in'].length === 1) {
        into.set(name, condition['$in'][0]);
      }
    }
  }
  return into;
}

/** The document that an upsert inserts, its `_id` first. */
export function buildUpsert(filter: BsonDocument, update: unknown, updater: Updater): BsonDocument {
  const base: BsonDocument = {};
  for (const [path, value] of equalitiesOf(filter, new Map())) {
    if (isReplacement(update) && path !== '_id') continue;
    if (getAt(base, path.split('.')) !== undefined) {
      throw new CommandError(
        'NotSingleValueField',
        `cannot infer query fields to set, path '${path}' is matched twice`,
      );
    }
    setAt(base, path.split('.'), copyValue(value));
  }
  const { _id: id = new ObjectId(), ...fields } = updater(base, true);
  return { _id: id, ...fields };
}
