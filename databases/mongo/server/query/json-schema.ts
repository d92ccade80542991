import { CommandError } from '../command-error.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../values/bson-type.ts';
import { areEqual, compareValues, sortKeyOf } from '../values/sort-key.ts';
import { compileRegex } from './regex.ts';

/** One rule that a value breaks, in the form of MongoDB's `errInfo.details`. */
export type SchemaFailure = BsonDocument;
type Check = (value: unknown) => SchemaFailure[];

interface Keyword {
  readonly name: string;
  readonly operand: unknown;
  readonly schema: BsonDocument;
}

function wrongOperand(name: string, expected: string): CommandError {
  return new CommandError('TypeMismatch', `$jsonSchema keyword '${name}' must be ${expected}`);
}

function failure({ name, operand }: Keyword, reason: string, value: unknown): SchemaFailure {
  return {
    operatorName: name,
    specifiedAs: { [name]: operand },
    reason,
    consideredValue: value,
    consideredType: bsonTypeOf(value),
  };
}

function numberOperand({ name, operand }: Keyword): number {
  if (!isNumeric(operand)) throw wrongOperand(name, 'a number');
  return Number(operand);
}

function sizeOperand(keyword: Keyword): number {
  const size = numberOperand(keyword);
  if (!Number.isInteger(size) || size < 0) {
    throw new CommandError(
      'FailedToParse',
      `$jsonSchema keyword '${keyword.name}' must be a non-negative integer`,
    );
  }
  return size;
}

function documentOperand({ name, operand }: Keyword): BsonDocument {
  if (!isDocument(operand)) throw wrongOperand(name, 'an object');
  return operand;
}

function stringsOperand({ name, operand }: Keyword): string[] {
  if (!Array.isArray(operand)) throw wrongOperand(name, 'an array of strings');
  return operand.map((part: unknown) => {
    if (typeof part !== 'string') throw wrongOperand(name, 'an array of strings');
    return part;
  });
}

const JSON_TYPES: Readonly<Record<string, readonly string[]>> = {
  object: ['object'],
  array: ['array'],
  number: ['int', 'long', 'double', 'decimal'],
  boolean: ['bool'],
  string: ['string'],
  null: ['null'],
};
const BSON_TYPES = new Set(
  (
    'double string object array binData undefined objectId bool date null regex dbPointer javascript ' +
    'symbol javascriptWithScope int timestamp long decimal minKey maxKey number'
  ).split(' '),
);

function typeCheck(keyword: Keyword): Check {
  const { name, operand } = keyword;
  const names = typeof operand === 'string' ? [operand] : stringsOperand(keyword);
  const wanted = new Set(
    names.flatMap((type) => {
      const known = name === 'type' ? JSON_TYPES[type] : BSON_TYPES.has(type) ? [type] : undefined;
      if (known === undefined) {
        throw new CommandError('BadValue', `Unknown type name alias: ${type}`);
      }
      return type === 'number' ? ['int', 'long', 'double', 'decimal'] : known;
    }),
  );
  return (value) => (wanted.has(bsonTypeOf(value)) ? [] : [failure(keyword, 'type did not match', value)]);
}

/** A rule for values of one kind; others pass it. */
function rule<Value>(
  keyword: Keyword,
  isKind: (value: unknown) => value is Value,
  holds: (value: Value) => boolean,
  reason: string,
): Check {
  return (value) => (!isKind(value) || holds(value) ? [] : [failure(keyword, reason, value)]);
}

const isText = (value: unknown): value is string => typeof value === 'string';
const isList = (value: unknown): value is unknown[] => Array.isArray(value);
const isNumber = (value: unknown): value is unknown => isNumeric(value);

// In code points, as MongoDB counts.
function lengthOf(text: string): number {
  return Array.from(text).length;
}

function boundCheck(keyword: Keyword): Check {
  numberOperand(keyword);
  const { name, operand, schema } = keyword;
  const isExclusive = schema[name === 'minimum' ? 'exclusiveMinimum' : 'exclusiveMaximum'] === true;
  return rule(
    keyword,
    isNumber,
    (value) => {
      const order = compareValues(value, operand) * (name === 'minimum' ? 1 : -1);
      return isExclusive ? order > 0 : order >= 0;
    },
    'comparison failed',
  );
}

function itemsCheck(keyword: Keyword): Check {
  const { operand, schema } = keyword;
  const each = Array.isArray(operand)
    ? operand.map((part: unknown) => compileJsonSchema(isDocument(part) ? part : {}))
    : null;
  const all = each === null ? compileJsonSchema(documentOperand(keyword)) : null;
  const more = schema['additionalItems'];
  const rest = isDocument(more) ? compileJsonSchema(more) : null;
  const checkOf = (index: number): Check | null => all ?? each?.[index] ?? rest;
  return (value) => {
    if (!Array.isArray(value)) return [];
    for (const [index, element] of value.entries()) {
      const check = checkOf(index);
      if (check === null && more === false) {
        return [
          {
            operatorName: 'additionalItems',
            specifiedAs: { additionalItems: false },
            reason: 'found additional items',
          },
        ];
      }
      const details = check?.(element) ?? [];
      if (details.length > 0) {
        return [
          {
            operatorName: 'items',
            reason: 'At least one item did not match the sub-schema',
            itemIndex: index,
            details,
          },
        ];
      }
    }
    return [];
  };
}

function propertiesCheck(keyword: Keyword): Check {
  const checks = Object.entries(documentOperand(keyword)).map(([name, schema]) => {
    if (!isDocument(schema)) throw wrongOperand('properties', 'an object of schemas');
    return [name, schema, compileJsonSchema(schema)] as const;
  });
  return (value) => {
    if (!isDocument(value)) return [];
    const propertiesNotSatisfied = checks.flatMap(([propertyName, schema, check]) => {
      if (!Object.hasOwn(value, propertyName) || value[propertyName] === undefined) return [];
      const details = check(value[propertyName]);
      if (details.length === 0) return [];
      const description =
        typeof schema['description'] === 'string' ? { description: schema['description'] } : {};
      return [{ propertyName, ...description, details }];
    });
    if (propertiesNotSatisfied.length === 0) return [];
    return [{ operatorName: 'properties', propertiesNotSatisfied }];
  };
}

function requiredCheck(keyword: Keyword): Check {
  const names = stringsOperand(keyword);
  if (names.length === 0) {
    throw new CommandError('FailedToParse', "$jsonSchema keyword 'required' cannot be an empty array");
  }
  return (value) => {
    if (!isDocument(value)) return [];
    const missingProperties = names.filter((name) => value[name] === undefined);
    if (missingProperties.length === 0) return [];
    return [{ operatorName: 'required', specifiedAs: { required: names }, missingProperties }];
  };
}

function patternsOf(schema: BsonDocument): [RegExp, Check][] {
  const patterns = schema['patternProperties'];
  if (!isDocument(patterns)) return [];
  return Object.entries(patterns).map(([pattern, part]) => [
    compileRegex(pattern),
    compileJsonSchema(isDocument(part) ? part : {}),
  ]);
}

function patternPropertiesCheck(keyword: Keyword): Check {
  documentOperand(keyword);
  const patterns = patternsOf(keyword.schema);
  return (value) => {
    if (!isDocument(value)) return [];
    const details = Object.entries(value).flatMap(([name, field]) =>
      patterns.flatMap(([pattern, check]) => (pattern.test(name) ? check(field) : [])),
    );
    return details.length === 0 ? [] : [{ operatorName: 'patternProperties', details }];
  };
}

function additionalPropertiesCheck(keyword: Keyword): Check {
  const { operand, schema } = keyword;
  if (typeof operand !== 'boolean' && !isDocument(operand)) {
    throw wrongOperand('additionalProperties', 'an object or a boolean');
  }
  const named = isDocument(schema['properties']) ? schema['properties'] : {};
  const patterns = patternsOf(schema);
  const check = isDocument(operand) ? compileJsonSchema(operand) : null;
  return (value) => {
    if (!isDocument(value) || operand === true) return [];
    const additionalProperties = Object.keys(value).filter(
      (name) =>
        !Object.hasOwn(named, name) &&
        !patterns.some(([pattern]) => pattern.test(name)) &&
        (check === null || check(value[name]).length > 0),
    );
    if (additionalProperties.length === 0) return [];
    return [
      {
        operatorName: 'additionalProperties',
        specifiedAs: { additionalProperties: operand },
        additionalProperties,
      },
    ];
  };
}

function partsOf({ name, operand }: Keyword): Check[] {
  if (!Array.isArray(operand) || operand.length === 0) {
    throw wrongOperand(name, 'a non-empty array of schemas');
  }
  return operand.map((part: unknown) => {
    if (!isDocument(part)) throw wrongOperand(name, 'a non-empty array of schemas');
    return compileJsonSchema(part);
  });
}

function combinationCheck(keyword: Keyword, holds: (matching: number, all: number) => boolean): Check {
  const parts = partsOf(keyword);
  return (value) => {
    const details = parts.map((part) => part(value));
    const matching = details.filter((part) => part.length === 0).length;
    if (holds(matching, parts.length)) return [];
    return [
      {
        operatorName: keyword.name,
        schemasNotSatisfied: details.flatMap((part, index) =>
          part.length === 0 ? [] : [{ index, details: part }],
        ),
      },
    ];
  };
}

function dependenciesCheck(keyword: Keyword): Check {
  const parts = Object.entries(documentOperand(keyword)).map(([name, needs]): [string, Check] => [
    name,
    isDocument(needs)
      ? compileJsonSchema(needs)
      : requiredCheck({ name: 'required', operand: needs, schema: {} }),
  ]);
  return (value) => {
    if (!isDocument(value)) return [];
    const failures = parts.flatMap(([name, check]) => (value[name] === undefined ? [] : check(value)));
    return failures.length === 0 ? [] : [{ operatorName: 'dependencies', failures }];
  };
}

const always: Check = () => [];

const KEYWORDS: Readonly<Record<string, (keyword: Keyword) => Check>> = {
  bsonType: typeCheck,
  type: typeCheck,
  enum: (keyword) => {
    const { operand } = keyword;
    if (!Array.isArray(operand)) throw wrongOperand('enum', 'an array');
    return (value) =>
      operand.some((allowed: unknown) => areEqual(allowed, value))
        ? []
        : [failure(keyword, 'value was not found in enum', value)];
  },
  minimum: boundCheck,
  maximum: boundCheck,
  exclusiveMinimum: () => always,
  exclusiveMaximum: () => always,
  multipleOf: (keyword) => {
    const divisor = numberOperand(keyword);
    return rule(
      keyword,
      isNumber,
      (value) => Number(value) % divisor === 0,
      'considered value is not a multiple of the specified value',
    );
  },
  minLength: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(
      keyword,
      isText,
      (value) => lengthOf(value) >= size,
      'specified string length was not satisfied',
    );
  },
  maxLength: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(
      keyword,
      isText,
      (value) => lengthOf(value) <= size,
      'specified string length was not satisfied',
    );
  },
  pattern: (keyword) => {
    const pattern = compileRegex(keyword.operand);
    return rule(keyword, isText, (value) => pattern.test(value), 'regular expression did not match');
  },
  items: itemsCheck,
  additionalItems: () => always,
  minItems: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(keyword, isList, (value) => value.length >= size, 'array did not match specified length');
  },
  maxItems: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(keyword, isList, (value) => value.length <= size, 'array did not match specified length');
  },
  uniqueItems: (keyword) =>
    rule(
      keyword,
      isList,
      (value) => keyword.operand !== true || new Set(value.map(sortKeyOf)).size === value.length,
      'found a duplicate item',
    ),
  properties: propertiesCheck,
  patternProperties: patternPropertiesCheck,
  additionalProperties: additionalPropertiesCheck,
  required: requiredCheck,
  minProperties: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(
      keyword,
      isDocument,
      (value) => Object.keys(value).length >= size,
      'specified number of properties was not satisfied',
    );
  },
  maxProperties: (keyword) => {
    const size = sizeOperand(keyword);
    return rule(
      keyword,
      isDocument,
      (value) => Object.keys(value).length <= size,
      'specified number of properties was not satisfied',
    );
  },
  dependencies: dependenciesCheck,
  allOf: (keyword) => combinationCheck(keyword, (matching, all) => matching === all),
  anyOf: (keyword) => combinationCheck(keyword, (matching) => matching > 0),
  oneOf: (keyword) => combinationCheck(keyword, (matching) => matching === 1),
  not: (keyword) => {
    const check = compileJsonSchema(documentOperand(keyword));
    return (value) =>
      check(value).length > 0 ? [] : [{ operatorName: 'not', reason: 'child expression matched' }];
  },
  title: () => always,
  description: () => always,
};

/** Compiles a `$jsonSchema`: the rules that a value breaks, none when it is valid. */
export function compileJsonSchema(schema: BsonDocument): Check {
  const checks = Object.entries(schema).map(([name, operand]) => {
    const keyword = KEYWORDS[name];
    if (keyword === undefined) {
      throw new CommandError('FailedToParse', `Unknown $jsonSchema keyword: ${name}`);
    }
    return keyword({ name, operand, schema });
  });
  return (value) => checks.flatMap((check) => check(value));
}
