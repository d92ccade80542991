import { CommandError } from '../../command-error.ts';
import { isDocument } from '../../values/bson-document.ts';
import { compileRegex } from '../regex.ts';
import {
  documentOperand,
  rule,
  sizeOperand,
  stringsOperand,
  wrongOperand,
  type Check,
  type Keyword,
  type KeywordTable,
} from './keyword.ts';

function propertiesCheck(keyword: Keyword): Check {
  const checks = Object.entries(documentOperand(keyword)).map(([name, schema]) => {
    if (!isDocument(schema)) throw wrongOperand('properties', 'an object of schemas');
    return [name, schema, keyword.compile(schema)] as const;
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

function patternsOf({ schema, compile }: Keyword): [RegExp, Check][] {
  const patterns = schema['patternProperties'];
  if (!isDocument(patterns)) return [];
  return Object.entries(patterns).map(([pattern, part]) => [
    compileRegex(pattern),
    compile(isDocument(part) ? part : {}),
  ]);
}

function patternPropertiesCheck(keyword: Keyword): Check {
  documentOperand(keyword);
  const patterns = patternsOf(keyword);
  return (value) => {
    if (!isDocument(value)) return [];
    const details = Object.entries(value).flatMap(([name, field]) =>
      patterns.flatMap(([pattern, check]) => (pattern.test(name) ? check(field) : [])),
    );
    return details.length === 0 ? [] : [{ operatorName: 'patternProperties', details }];
  };
}

function additionalPropertiesCheck(keyword: Keyword): Check {
  const { operand, schema, compile } = keyword;
  if (typeof operand !== 'boolean' && !isDocument(operand)) {
    throw wrongOperand('additionalProperties', 'an object or a boolean');
  }
  const named = isDocument(schema['properties']) ? schema['properties'] : {};
  const patterns = patternsOf(keyword);
  const check = isDocument(operand) ? compile(operand) : null;
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

function dependenciesCheck(keyword: Keyword): Check {
  const parts = Object.entries(documentOperand(keyword)).map(([name, needs]): [string, Check] => [
    name,
    isDocument(needs)
      ? keyword.compile(needs)
      : requiredCheck({ ...keyword, name: 'required', operand: needs }),
  ]);
  return (value) => {
    if (!isDocument(value)) return [];
    const failures = parts.flatMap(([name, check]) => (value[name] === undefined ? [] : check(value)));
    return failures.length === 0 ? [] : [{ operatorName: 'dependencies', failures }];
  };
}

/** Keywords on documents and their properties. */
export const objectKeywords: KeywordTable = {
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
};
