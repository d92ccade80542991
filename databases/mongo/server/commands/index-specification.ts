import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import { compileFilter } from '../query/compile-filter.ts';
import type { IndexSpec } from '../storage/collection-index.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { isNumeric } from '../values/bson-type.ts';

const KNOWN_OPTIONS = new Set([
  'key', 'name', 'unique', 'sparse', 'background', 'partialFilterExpression', 'hidden', 'v',
  'weights', 'default_language', 'language_override', 'textIndexVersion', 'collation',
  'expireAfterSeconds', 'storageEngine', 'wildcardProjection', 'bits', 'min', 'max',
  '2dsphereIndexVersion', 'clustered', 'prepareUnique', 'ns',
]); // prettier-ignore

const NOT_SUPPORTED = ['expireAfterSeconds', 'wildcardProjection', 'clustered', 'prepareUnique'];

function refuseOptions(spec: BsonDocument): void {
  for (const name of Object.keys(spec)) {
    if (!KNOWN_OPTIONS.has(name)) {
      throw new CommandError(
        'InvalidIndexSpecificationOption',
        `The field '${name}' is not valid for an index specification. Specification: ${JSON.stringify(spec)}`,
      );
    }
    if (NOT_SUPPORTED.includes(name)) {
      throw new CommandError(
        'NotImplemented',
        `The index option ${name} is not supported by the development server`,
      );
    }
  }
  const { collation } = spec;
  if (isDocument(collation) && collation['locale'] !== 'simple') {
    throw new CommandError(
      'NotImplemented',
      'An index with a collation is not supported by the development server',
    );
  }
}

function checkKey(key: unknown): BsonDocument {
  if (!isDocument(key)) throw new CommandError('TypeMismatch', "The field 'key' must be an object");
  if (Object.keys(key).length === 0) {
    throw new CommandError('CannotCreateIndex', 'Index keys cannot be an empty object');
  }
  for (const [path, value] of Object.entries(key)) {
    const isText = value === 'text';
    if (path === '' || path.split('.').includes('')) {
      throw new CommandError('CannotCreateIndex', 'Index keys cannot be an empty field');
    }
    if (path.includes('$**') && !isText) {
      throw new CommandError('NotImplemented', 'A wildcard index is not supported by the development server');
    }
    if (path.startsWith('$') && path !== '$**') {
      throw new CommandError(
        'CannotCreateIndex',
        `Index key contains an illegal field name: field name starts with '$': ${path}`,
      );
    }
    if (isText || (isNumeric(value) && Number(value) !== 0 && !Number.isNaN(Number(value)))) continue;
    if (['hashed', '2d', '2dsphere', 'wildcard'].includes(String(value))) {
      throw new CommandError(
        'NotImplemented',
        `An index of the type ${printValue(value)} is not supported by the development server`,
      );
    }
    throw new CommandError(
      'CannotCreateIndex',
      `Values in v:2 index key pattern cannot be of type ${typeof value}. Only numbers > 0, numbers < 0, and strings are allowed.`,
    );
  }
  return key;
}

function nameOf(key: BsonDocument, given: unknown): string {
  if (typeof given === 'string' && given !== '') return given;
  if (given !== undefined)
    throw new CommandError('CannotCreateIndex', 'The index name must be a non-empty string');
  return Object.entries(key)
    .map(([path, direction]) => `${path}_${printValue(direction)}`)
    .join('_');
}

function textSpec(key: BsonDocument, spec: BsonDocument): BsonDocument {
  const given = isDocument(spec['weights']) ? spec['weights'] : {};
  const weights: BsonDocument = {};
  for (const [path, value] of Object.entries(key)) {
    if (value !== 'text') {
      throw new CommandError(
        'NotImplemented',
        'A text index with other fields is not supported by the development server',
      );
    }
    weights[path] = given[path] ?? 1;
  }
  for (const [path, weight] of Object.entries(given)) weights[path] = weight;
  const sorted = Object.entries(weights).sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    // As listIndexes shows it: the words are the key, the fields are in the weights.
    key: { _fts: 'text', _ftsx: 1 },
    weights: Object.fromEntries(sorted),
    default_language: spec['default_language'] ?? 'english',
    language_override: spec['language_override'] ?? 'language',
    textIndexVersion: 3,
  };
}

/** Checks one entry of createIndexes and brings it to the form in which it is kept. */
export function parseIndexSpec(spec: BsonDocument): IndexSpec {
  refuseOptions(spec);
  const key = checkKey(spec['key']);
  const name = nameOf(key, spec['name']);
  const partial = spec['partialFilterExpression'];
  if (partial !== undefined) {
    if (!isDocument(partial))
      throw new CommandError('TypeMismatch', "The field 'partialFilterExpression' must be an object");
    if (spec['sparse'] === true)
      throw new CommandError(
        'CannotCreateIndex',
        'cannot mix "partialFilterExpression" and "sparse" options',
      );
    compileFilter(partial);
  }
  const isText = Object.values(key).includes('text');
  return {
    v: 2,
    key,
    name,
    ...(spec['unique'] === true ? { unique: true } : {}),
    ...(spec['sparse'] === true ? { sparse: true } : {}),
    ...(spec['hidden'] === true ? { hidden: true } : {}),
    ...(isDocument(partial) ? { partialFilterExpression: partial } : {}),
    ...(isText ? textSpec(key, spec) : {}),
  };
}
