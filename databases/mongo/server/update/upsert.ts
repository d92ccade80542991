import { ObjectId } from 'bson';
import { CommandError } from '../command-error.ts';
import { isOperatorObject } from '../query/compile-filter.ts';
import { isRegex } from '../query/field-conditions.ts';
import { copyValue } from '../values/bson-codec.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { areEqual } from '../values/sort-key.ts';
import { isReplacement, type Updater } from './compile-update.ts';
import { setAt } from './update-paths.ts';

function notSingle(what: string): CommandError {
  return new CommandError('NotSingleValueField', `cannot infer query fields to set, ${what}`);
}

function addEquality(into: Map<string, unknown>, path: string, value: unknown): void {
  if (into.has(path) && !areEqual(into.get(path), value)) throw notSingle(`path '${path}' is matched twice`);
  for (const other of into.keys()) {
    if (!path.startsWith(`${other}.`) && !other.startsWith(`${path}.`)) continue;
    throw notSingle(`both paths '${other}' and '${path}' are matched`);
  }
  into.set(path, value);
}

/** The values that a condition on one path says it equals. */
function valuesWanted(condition: unknown): unknown[] {
  if (!isOperatorObject(condition)) return [condition];
  if (Object.hasOwn(condition, '$eq')) return [condition['$eq']];
  const { $in: choices, $all: all } = condition;
  if (Array.isArray(choices) && choices.length === 1 && !isRegex(choices[0])) return [choices[0]];
  if (!Array.isArray(all)) return [];
  return all.filter((value: unknown) => !isRegex(value) && !isOperatorObject(value));
}

/** What a filter says a document equals: the fields that an upsert starts from. */
function equalitiesOf(filter: BsonDocument, into: Map<string, unknown>): Map<string, unknown> {
  for (const [name, condition] of Object.entries(filter)) {
    if (name === '$and' && Array.isArray(condition)) {
      for (const part of condition as unknown[]) if (isDocument(part)) equalitiesOf(part, into);
    } else if (name === '$or' && Array.isArray(condition) && condition.length === 1) {
      const [only] = condition as unknown[];
      if (isDocument(only)) equalitiesOf(only, into);
    } else if (!name.startsWith('$') && !isRegex(condition)) {
      for (const value of valuesWanted(condition)) addEquality(into, name, value);
    }
  }
  return into;
}

/** The document that an upsert inserts, its `_id` first. */
export function buildUpsert(filter: BsonDocument, update: unknown, updater: Updater): BsonDocument {
  const base: BsonDocument = {};
  for (const [path, value] of equalitiesOf(filter, new Map())) {
    if (isReplacement(update) && path !== '_id') continue;
    setAt(base, path.split('.'), copyValue(value));
  }
  const { _id: id = new ObjectId(), ...fields } = updater(base, true);
  return { _id: id, ...fields };
}
