import { isTruthy } from '../aggregate/truth.ts';
import { type BsonDocument, isDocument, setField } from '../values/bson-document.ts';
import { valueAt } from '../values/paths.ts';
import { compileFilter, isOperatorObject } from './compile-filter.ts';

function conditionsUnder(filter: BsonDocument, path: string): BsonDocument[] {
  return Object.entries(filter).flatMap(([name, condition]): BsonDocument[] => {
    if (['$and', '$or'].includes(name) && Array.isArray(condition)) {
      return condition.flatMap((part: unknown) => (isDocument(part) ? conditionsUnder(part, path) : []));
    }
    const isUnder = name === path || name.startsWith(`${path}.`);
    const asserted = isUnder ? withoutNegations(condition) : undefined;
    return asserted === undefined ? [] : [{ [name]: asserted }];
  });
}

/** What a condition says is there; `undefined` for one that only says what is not, which points at no element. */
function withoutNegations(condition: unknown): unknown {
  if (!isOperatorObject(condition)) return condition;
  const asserted = Object.entries(condition).filter(
    ([operator, operand]) =>
      !['$ne', '$nin', '$not'].includes(operator) && !(operator === '$exists' && !isTruthy(operand)),
  );
  return asserted.length === 0 ? undefined : Object.fromEntries(asserted);
}

function nested(path: string, value: unknown): BsonDocument {
  const document: BsonDocument = {};
  let at = document;
  const parts = path.split('.');
  for (const part of parts.slice(0, -1)) {
    const next: BsonDocument = {};
    setField(at, part, next);
    at = next;
  }
  setField(at, parts.at(-1) ?? '', value);
  return document;
}

/**
 * The place in the array at `path` that made the document match the filter, which the positional
 * operator `$` stands for; -1 when the filter says nothing about the array.
 */
export function matchedIndex(document: BsonDocument, filter: BsonDocument, path: string): number {
  const array = valueAt(document, path);
  if (!Array.isArray(array)) return -1;
  const tests = conditionsUnder(filter, path).map((condition) => compileFilter(condition));
  return array.findIndex((element: unknown) => {
    const alone = nested(path, [element]);
    return tests.some((test) => test(alone));
  });
}
