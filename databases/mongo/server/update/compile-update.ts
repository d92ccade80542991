import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import { compileUpdatePipeline } from '../aggregate/update-pipeline.ts';
import { compileFilter } from '../query/compile-filter.ts';
import { matchedIndex } from '../query/positional.ts';
import { copyDocument } from '../values/bson-codec.ts';
import { type BsonDocument, isDocument, setField } from '../values/bson-document.ts';
import { areEqual } from '../values/sort-key.ts';
import { UNCHANGED } from './array-operators.ts';
import { FIELD_OPERATORS } from './field-operators.ts';
import { concretePaths, getAt, type Placeholders, setAt, unsetAt } from './update-paths.ts';

/** Makes the new document from the old one, which stays as it was. */
export type Updater = (document: BsonDocument, isInsert: boolean) => BsonDocument;

export interface UpdateOptions {
  /** The filter of the statement, which the positional operator looks at. */
  readonly filter: BsonDocument;
  readonly arrayFilters?: readonly BsonDocument[];
  readonly variables?: BsonDocument;
}

interface Step {
  readonly path: string;
  readonly isInsertOnly: boolean;
  readonly apply: (document: BsonDocument, parts: readonly string[]) => void;
}

function checkPath(path: string, operator: string): void {
  if (path === '') {
    throw new CommandError('EmptyFieldName', 'An empty update path is not valid.');
  }
  for (const part of path.split('.')) {
    if (part === '') {
      throw new CommandError(
        'EmptyFieldName',
        `The update path '${path}' contains an empty field name, which is not allowed.`,
      );
    }
    if (!part.startsWith('$')) continue;
    if (part === '$' || (part.startsWith('$[') && part.endsWith(']'))) continue;
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${part}' in '${path}' is not allowed in the context of an ` +
        `update's replacement document (${operator})`,
    );
  }
}

function refuseElement(which: string, document: BsonDocument, parts: readonly string[]): void {
  const within = parts.findIndex(
    (_, index) => index > 0 && Array.isArray(getAt(document, parts.slice(0, index))),
  );
  if (within === -1) return;
  throw new CommandError(
    'BadValue',
    `The ${which} field cannot be an array element, '${parts.join('.')}' in doc has an array field called '${parts[within - 1]}'`,
  );
}

function renameSteps(from: string, to: unknown): Step[] {
  if (typeof to !== 'string') {
    throw new CommandError('BadValue', `The 'to' field for $rename must be a string: ${from}`);
  }
  if (from === to) {
    throw new CommandError('BadValue', `The source and target field for $rename must differ: ${from}`);
  }
  let taken: unknown;
  return [
    {
      path: from,
      isInsertOnly: false,
      apply(document, parts) {
        refuseElement('source', document, parts);
        taken = getAt(document, parts);
        if (taken !== undefined) unsetAt(document, parts);
      },
    },
    {
      path: to,
      isInsertOnly: false,
      apply(document, parts) {
        if (taken === undefined) return;
        refuseElement('destination', document, parts);
        setAt(document, parts, taken);
      },
    },
  ];
}

function stepsOf(operator: string, path: string, operand: unknown): Step[] {
  checkPath(path, operator);
  if (operator === '$unset') {
    return [{ path, isInsertOnly: false, apply: (document, parts) => unsetAt(document, parts) }];
  }
  if (operator === '$rename') return renameSteps(path, operand);
  const build = FIELD_OPERATORS[operator];
  if (build === undefined) {
    throw new CommandError(
      'FailedToParse',
      `Unknown modifier: ${operator}. Expected a valid update modifier or pipeline-style update specified as an array`,
    );
  }
  const update = build(operand);
  return [
    {
      path,
      isInsertOnly: operator === '$setOnInsert',
      apply(document, parts) {
        const value = update(getAt(document, parts), parts.join('.'));
        if (value !== UNCHANGED) setAt(document, parts, value);
      },
    },
  ];
}

function checkConflicts(paths: readonly string[]): void {
  const sorted = [...paths].sort();
  for (const [index, path] of sorted.entries()) {
    const other = sorted
      .slice(index + 1)
      .find((candidate) => candidate === path || candidate.startsWith(`${path}.`));
    if (other === undefined) continue;
    throw new CommandError(
      'ConflictingUpdateOperators',
      `Updating the path '${other}' would create a conflict at '${path}'`,
    );
  }
}

function parseSteps(update: BsonDocument): Step[] {
  const groups = Object.entries(update).map(([operator, fields]) => {
    if (!isDocument(fields)) {
      throw new CommandError(
        'FailedToParse',
        `Modifiers operate on fields but we found type ${typeof fields} instead. For example: {$mod: {<field>: ...}} not {${operator}: ${printValue(fields)}}`,
      );
    }
    return Object.entries(fields).flatMap(([path, operand]) => stepsOf(operator, path, operand));
  });
  const steps = groups.flat();
  checkConflicts(steps.map(({ path }) => path));
  // MongoDB makes new fields in the order of their names; a rename must take before it puts.
  return Object.hasOwn(update, '$rename')
    ? steps
    : steps.sort((left, right) => comparePaths(left.path, right.path));
}

function comparePaths(left: string, right: string): number {
  const leftNumber = Number(left);
  const rightNumber = Number(right);
  if (Number.isInteger(leftNumber) && Number.isInteger(rightNumber)) return leftNumber - rightNumber;
  return left < right ? -1 : left > right ? 1 : 0;
}

function compileArrayFilters(filters: readonly BsonDocument[]): Map<string, (element: unknown) => boolean> {
  const tests = new Map<string, (element: unknown) => boolean>();
  for (const filter of filters) {
    const [first = ''] = Object.keys(filter);
    const name = first.split('.')[0] ?? '';
    if (!/^[a-z][a-zA-Z0-9]*$/.test(name) && !first.startsWith('$')) {
      throw new CommandError(
        'BadValue',
        `The top-level field name in an array filter must begin with a lowercase letter: ${first}`,
      );
    }
    const inner = first.startsWith('$') ? nameInside(filter) : name;
    if (tests.has(inner)) {
      throw new CommandError(
        'FailedToParse',
        `Found multiple array filters with the same top-level field name ${inner}`,
      );
    }
    const matches = compileFilter(filter);
    tests.set(inner, (element) => matches({ [inner]: element }));
  }
  return tests;
}

/** The name that a filter such as `{ $or: [{ 'e.a': 1 }] }` is about. */
function nameInside(filter: BsonDocument): string {
  for (const parts of Object.values(filter)) {
    if (!Array.isArray(parts)) continue;
    for (const part of parts as unknown[]) {
      const first = isDocument(part) ? (Object.keys(part)[0] ?? '') : '';
      if (first !== '' && !first.startsWith('$')) return first.split('.')[0] ?? '';
    }
  }
  throw new CommandError(
    'FailedToParse',
    'Cannot use an expression without a top-level field name in arrayFilters',
  );
}

function checkUnusedFilters(update: BsonDocument, names: Iterable<string>): void {
  const paths = Object.values(update).flatMap((fields) => (isDocument(fields) ? Object.keys(fields) : []));
  for (const name of names) {
    if (paths.some((path) => path.includes(`$[${name}]`))) continue;
    throw new CommandError(
      'FailedToParse',
      `The array filter for identifier '${name}' was not used in the update`,
    );
  }
}

function compileOperators(update: BsonDocument, options: UpdateOptions): Updater {
  const steps = parseSteps(update);
  const arrayFilters = compileArrayFilters(options.arrayFilters ?? []);
  checkUnusedFilters(update, arrayFilters.keys());
  return (document, isInsert) => {
    const placeholders: Placeholders = {
      positional: (path) => matchedIndex(document, options.filter, path),
      arrayFilters,
    };
    const result = copyDocument(document);
    for (const step of steps) {
      if (step.isInsertOnly && !isInsert) continue;
      for (const parts of concretePaths(document, step.path, placeholders)) {
        step.apply(result, parts);
      }
    }
    return result;
  };
}

function compileReplacement(replacement: BsonDocument): Updater {
  for (const name of Object.keys(replacement)) {
    if (!name.startsWith('$')) continue;
    throw new CommandError(
      'DollarPrefixedFieldName',
      `The dollar ($) prefixed field '${name}' in '${name}' is not allowed in the context of an update's replacement document. Consider using an aggregation pipeline with $replaceWith.`,
    );
  }
  return (document) => {
    // The _id stays, and it stands first.
    const result: BsonDocument = {};
    const id = replacement['_id'] ?? document['_id'];
    if (id !== undefined) result['_id'] = id;
    for (const [name, value] of Object.entries(replacement)) {
      if (name !== '_id') setField(result, name, value);
    }
    return copyDocument(result);
  };
}

/** True for an update that replaces the whole document. */
export function isReplacement(update: unknown): update is BsonDocument {
  return isDocument(update) && Object.keys(update)[0]?.startsWith('$') !== true;
}

/** Compiles operators, a replacement or a pipeline; checks that the `_id` stays what it was. */
export function compileUpdate(update: unknown, options: UpdateOptions): Updater {
  const updater = compileAny(update, options);
  return (document, isInsert) => {
    const result = updater(document, isInsert);
    const { _id: before } = document;
    if (before !== undefined && !areEqual(before, result['_id'])) {
      throw new CommandError(
        'ImmutableField',
        "Performing an update on the path '_id' would modify the immutable field '_id'",
      );
    }
    return result;
  };
}

function compileAny(update: unknown, options: UpdateOptions): Updater {
  if (Array.isArray(update)) {
    if ((options.arrayFilters ?? []).length > 0) {
      throw new CommandError('FailedToParse', 'arrayFilters may not be specified for pipeline-style updates');
    }
    return compileUpdatePipeline(update, options.variables);
  }
  if (!isDocument(update)) {
    throw new CommandError('FailedToParse', 'Update argument must be either an object or an array');
  }
  if (isReplacement(update)) return compileReplacement(update);
  return compileOperators(update, options);
}
