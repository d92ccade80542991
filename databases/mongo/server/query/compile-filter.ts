import { CommandError } from '../command-error.ts';
import { compileExpression } from '../aggregate/expressions.ts';
import { isTruthy } from '../aggregate/truth.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { compileFieldCondition, isRegex } from './field-conditions.ts';
import { compileJsonSchema } from './json-schema/compile-json-schema.ts';

/** Tells whether a document matches. */
export type Predicate = (document: BsonDocument) => boolean;

/** What a filter may refer to beyond the document. */
export interface FilterScope {
  /** Variables for `$expr`, by name without `$$`. */
  readonly variables?: BsonDocument;
  /** How a `$text` at the top level is answered; without it `$text` is refused. */
  readonly text?: (search: unknown) => Predicate;
}

function conditionsOf(operator: string, value: unknown, scope: FilterScope): Predicate[] {
  if (!Array.isArray(value)) {
    throw new CommandError('BadValue', `${operator} must be an array`);
  }
  if (value.length === 0) {
    throw new CommandError('BadValue', `${operator} argument must be a non-empty array`);
  }
  return value.map((part: unknown) => {
    if (!isDocument(part)) {
      throw new CommandError('BadValue', `${operator} argument's entries must be objects`);
    }
    return compileFilter(part, scope);
  });
}

type TopLevelOperator = (value: unknown, scope: FilterScope) => Predicate;

const TOP_LEVEL_OPERATORS: Readonly<Record<string, TopLevelOperator>> = {
  $and: (value, scope) => {
    const parts = conditionsOf('$and', value, scope);
    return (document) => parts.every((part) => part(document));
  },
  $or: (value, scope) => {
    const parts = conditionsOf('$or', value, scope);
    return (document) => parts.some((part) => part(document));
  },
  $nor: (value, scope) => {
    const parts = conditionsOf('$nor', value, scope);
    return (document) => !parts.some((part) => part(document));
  },
  $expr: (value, scope) => {
    const evaluate = compileExpression(value, scope.variables);
    return (document) => isTruthy(evaluate(document));
  },
  $jsonSchema: (value) => {
    if (!isDocument(value)) {
      throw new CommandError('TypeMismatch', '$jsonSchema must be an object');
    }
    const check = compileJsonSchema(value);
    return (document) => check(document).length === 0;
  },
  $comment: () => () => true,
  $alwaysTrue: () => () => true,
  $alwaysFalse: () => () => false,
  $sampleRate: (value) => {
    if (typeof value !== 'number')
      throw new CommandError('BadValue', 'argument to $sampleRate must be a numeric type');
    return () => Math.random() < value;
  },
  $text: (value, scope) => {
    if (scope.text !== undefined) return scope.text(value);
    throw new CommandError('BadValue', '$text is only allowed at the top level of a find or a first $match');
  },
  $where: () => {
    throw new CommandError('NotImplemented', '$where is not supported by the development server');
  },
};

/** True for `{ $gt: 1 }`: operators, not a document to be equal to. */
export function isOperatorObject(value: unknown): value is BsonDocument {
  if (!isDocument(value)) return false;
  const first = Object.keys(value)[0];
  return first !== undefined && first.startsWith('$') && !['$ref', '$id', '$db'].includes(first);
}

/** True for `{ $gt: 1 }`, false for `{ $or: [] }`, which is a filter of a document's fields. */
export function isValueCondition(value: unknown): value is BsonDocument {
  return isOperatorObject(value) && !Object.hasOwn(TOP_LEVEL_OPERATORS, Object.keys(value)[0] ?? '');
}

function compileField(path: string, condition: unknown, scope: FilterScope): Predicate {
  if (!isOperatorObject(condition)) {
    return compileFieldCondition(path, isRegex(condition) ? '$regex' : '$eq', condition, {});
  }
  const parts = Object.entries(condition).map(([operator, operand]) =>
    operator === '$not'
      ? compileNot(path, operand, scope)
      : operator === '$elemMatch'
        ? compileFieldCondition(path, operator, compileElement(operand, scope), condition)
        : operator === '$all'
          ? compileAll(path, operand, scope)
          : compileFieldCondition(path, operator, operand, condition),
  );
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (document) => parts.every((part) => part(document));
}

function compileNot(path: string, operand: unknown, scope: FilterScope): Predicate {
  if (isRegex(operand)) {
    const matches = compileFieldCondition(path, '$regex', operand, {});
    return (document) => !matches(document);
  }
  if (!isDocument(operand)) {
    throw new CommandError('BadValue', '$not needs a regex or a document');
  }
  if (Object.keys(operand).length === 0) {
    throw new CommandError('BadValue', '$not cannot be empty');
  }
  if (!isOperatorObject(operand)) {
    throw new CommandError('BadValue', `unknown operator: ${Object.keys(operand)[0]}`);
  }
  const matches = compileField(path, operand, scope);
  return (document) => !matches(document);
}

// $elemMatch has two forms: conditions on the element itself, or a filter on elements that are documents.
function compileElement(operand: unknown, scope: FilterScope): (element: unknown) => boolean {
  if (!isDocument(operand)) throw new CommandError('BadValue', '$elemMatch needs an Object');
  if (isValueCondition(operand)) {
    return compileElementConditions(operand, scope);
  }
  const matches = compileFilter(operand, scope);
  return (element) => {
    if (isDocument(element)) return matches(element);
    return Array.isArray(element) && matches(Object.fromEntries(element.entries()));
  };
}

// What these look at is the array itself; the others pass through an array to its elements.
const ARRAY_OPERATORS = new Set(['$elemMatch', '$size']);

function compileElementConditions(operand: BsonDocument, scope: FilterScope): (element: unknown) => boolean {
  const entries = Object.entries(operand);
  const pick = (isWanted: (operator: string) => boolean): BsonDocument =>
    Object.fromEntries(entries.filter(([operator]) => isWanted(operator)));
  const parts: ((element: unknown) => boolean)[] = [];
  const ofArray = pick((operator) => ARRAY_OPERATORS.has(operator));
  if (Object.keys(ofArray).length > 0) {
    const matches = compileField('element', ofArray, scope);
    parts.push((element) => matches({ element }));
  }
  const { $not: negated } = operand;
  const isNegated = isOperatorObject(negated);
  if (isNegated) {
    const matches = compileElementConditions(negated, scope);
    parts.push((element) => !matches(element));
  }
  const rest = pick((operator) => !ARRAY_OPERATORS.has(operator) && !(isNegated && operator === '$not'));
  if (Object.keys(rest).length > 0) {
    const matches = compileField('element', rest, scope);
    // An element that is an array is one value here; wrapped, it is not passed through.
    parts.push((element) => matches({ element: Array.isArray(element) ? [element] : element }));
  }
  return (element) => parts.every((part) => part(element));
}

function compileAll(path: string, operand: unknown, scope: FilterScope): Predicate {
  if (!Array.isArray(operand)) throw new CommandError('BadValue', '$all needs an array');
  if (operand.length === 0) return () => false;
  const parts = operand.map((part: unknown) => {
    if (isDocument(part) && Object.hasOwn(part, '$elemMatch')) {
      return compileField(path, part, scope);
    }
    if (isOperatorObject(part)) {
      throw new CommandError('BadValue', 'no $ expressions in $all');
    }
    return compileField(path, part, scope);
  });
  return (document) => parts.every((part) => part(document));
}

/** Compiles a filter once. Throws MongoDB's error for what it does not know. */
export function compileFilter(filter: BsonDocument, scope: FilterScope = {}): Predicate {
  const parts = Object.entries(filter).map(([name, condition]): Predicate => {
    if (!name.startsWith('$')) return compileField(name, condition, scope);
    const operator = TOP_LEVEL_OPERATORS[name];
    if (operator !== undefined) return operator(condition, scope);
    throw new CommandError(
      'BadValue',
      `unknown top level operator: ${name}. If you have a field name that starts with a '$' ` +
        'symbol, consider using $getField or $setField.',
    );
  });
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  return (document) => parts.every((part) => part(document));
}
