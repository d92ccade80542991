import { CommandError } from '../../command-error.ts';
import { type BsonDocument, isDocument } from '../../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';

/** One rule that a value breaks, in the form of MongoDB's `errInfo.details`. */
export type SchemaFailure = BsonDocument;
/** The rules that a value breaks, none when it is valid. */
export type Check = (value: unknown) => SchemaFailure[];

/** One keyword of a schema, to be compiled. */
export interface Keyword {
  readonly name: string;
  readonly operand: unknown;
  /** The schema that it stands in: some keywords look at their neighbours. */
  readonly schema: BsonDocument;
  /** Compiles a schema below this one. */
  readonly compile: (schema: BsonDocument) => Check;
}

/** How to compile keywords of one kind, by name. */
export type KeywordTable = Readonly<Record<string, (keyword: Keyword) => Check>>;

export function wrongOperand(name: string, expected: string): CommandError {
  return new CommandError('TypeMismatch', `$jsonSchema keyword '${name}' must be ${expected}`);
}

export function failure({ name, operand }: Keyword, reason: string, value: unknown): SchemaFailure {
  return {
    operatorName: name,
    specifiedAs: { [name]: operand },
    reason,
    consideredValue: value,
    consideredType: bsonTypeOf(value),
  };
}

export function numberOperand({ name, operand }: Keyword): number {
  if (!isNumeric(operand)) throw wrongOperand(name, 'a number');
  return Number(operand);
}

export function sizeOperand(keyword: Keyword): number {
  const size = numberOperand(keyword);
  if (!Number.isInteger(size) || size < 0) {
    throw new CommandError(
      'FailedToParse',
      `$jsonSchema keyword '${keyword.name}' must be a non-negative integer`,
    );
  }
  return size;
}

export function documentOperand({ name, operand }: Keyword): BsonDocument {
  if (!isDocument(operand)) throw wrongOperand(name, 'an object');
  return operand;
}

export function stringsOperand({ name, operand }: Keyword): string[] {
  if (!Array.isArray(operand)) throw wrongOperand(name, 'an array of strings');
  return operand.map((part: unknown) => {
    if (typeof part !== 'string') throw wrongOperand(name, 'an array of strings');
    return part;
  });
}

/** A rule for values of one kind; others pass it. */
export function rule<Value>(
  keyword: Keyword,
  isKind: (value: unknown) => value is Value,
  holds: (value: Value) => boolean,
  reason: string,
): Check {
  return (value) => (!isKind(value) || holds(value) ? [] : [failure(keyword, reason, value)]);
}

/** For keywords that are read together with another one, or that say nothing of a value. */
export const always: Check = () => [];
