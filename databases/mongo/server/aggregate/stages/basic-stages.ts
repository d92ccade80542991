import { printValue } from '../../values/print-value.ts';
import { CommandError } from '../../command-error.ts';
import { compileFilter } from '../../query/compile-filter.ts';
import { compileProjection } from '../../query/projection.ts';
import { compileSort } from '../../query/sort-documents.ts';
import { type BsonDocument, isDocument, setField } from '../../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { splitPath } from '../../values/paths.ts';
import { compileExpression } from '../expressions.ts';
import type { PipelineContext, Stage } from '../pipeline-context.ts';

function documentOperand(name: string, operand: unknown): BsonDocument {
  if (isDocument(operand)) return operand;
  throw new CommandError(
    'FailedToParse',
    `the ${name} stage specification must be an object, found ${bsonTypeOf(operand)}`,
  );
}

function countOperand(name: string, operand: unknown, minimum: number): number {
  const isCount = isNumeric(operand) && Number.isInteger(Number(operand));
  if (isCount && Number(operand) >= minimum) return Number(operand);
  throw new CommandError(
    name === '$limit' && isCount ? 'Location15958' : 'FailedToParse',
    `invalid argument to ${name} stage: expected an integer of at least ${minimum}, found ${printValue(operand)}`,
  );
}

/** `$match`, when it is not the first stage; the first is answered by the query planner. */
export function matchStage(operand: unknown, { variables }: PipelineContext): Stage {
  if (!isDocument(operand)) {
    throw new CommandError('Location15959', 'the match filter must be an expression in an object');
  }
  const matches = compileFilter(operand, variables === undefined ? {} : { variables });
  return function* match(input) {
    for (const document of input) if (matches(document)) yield document;
  };
}

/** `$sort`. */
export function sortStage(operand: unknown): Stage {
  const sort = compileSort(documentOperand('$sort', operand));
  return function* sorted(input) {
    const items = Array.from(input, (document) => ({ document }));
    for (const { document } of sort(items)) yield document;
  };
}

/** `$limit`. */
export function limitStage(operand: unknown): Stage {
  const count = countOperand('$limit', operand, 1);
  return function* limit(input) {
    let left = count;
    for (const document of input) {
      yield document;
      left -= 1;
      if (left === 0) return;
    }
  };
}

/** `$skip`. */
export function skipStage(operand: unknown): Stage {
  const count = countOperand('$skip', operand, 0);
  return function* skip(input) {
    let left = count;
    for (const document of input) {
      if (left > 0) left -= 1;
      else yield document;
    }
  };
}

/** `$project`. */
export function projectStage(operand: unknown, { variables }: PipelineContext): Stage {
  const specification = documentOperand('$project', operand);
  if (Object.keys(specification).length === 0) {
    throw new CommandError(
      'Location51272',
      'Invalid $project :: caused by :: projection specification must have at least one field',
    );
  }
  const project = compileProjection(specification, null, variables);
  return function* projected(input) {
    for (const document of input) yield project(document);
  };
}

/** `$unset`. */
export function unsetStage(operand: unknown): Stage {
  const paths: unknown[] = Array.isArray(operand) ? operand : [operand];
  if (paths.length === 0) {
    throw new CommandError(
      'Location31119',
      '$unset specification must be a string or an array with at least one field',
    );
  }
  const specification = Object.fromEntries(
    paths.map((path): [string, number] => {
      if (typeof path === 'string') return [path, 0];
      throw new CommandError(
        'Location31120',
        '$unset specification must be a string or an array containing only string values',
      );
    }),
  );
  const project = compileProjection(specification, null);
  return function* unset(input) {
    for (const document of input) yield project(document);
  };
}

/**
 * The value with another one at a path, `undefined` to take it away. Copies what is on the way,
 * because the documents that come in are those that are stored.
 */
export function withValueAt(value: unknown, parts: readonly string[], made: unknown, from = 0): unknown {
  const part = parts[from];
  if (part === undefined) return made;
  if (Array.isArray(value)) return value.map((element) => withValueAt(element, parts, made, from));
  const copy: BsonDocument = isDocument(value) ? { ...value } : {};
  const child = withValueAt(Object.hasOwn(copy, part) ? copy[part] : undefined, parts, made, from + 1);
  if (child === undefined) delete copy[part];
  else setField(copy, part, child);
  return copy;
}

function flatFields(operand: BsonDocument, prefix = ''): [string, unknown][] {
  return Object.entries(operand).flatMap(([name, value]): [string, unknown][] => {
    const first = isDocument(value) ? Object.keys(value)[0] : undefined;
    const isNested = first !== undefined && !first.startsWith('$') && isDocument(value);
    return isNested ? flatFields(value, `${prefix}${name}.`) : [[prefix + name, value]];
  });
}

/** `$addFields` and `$set`. */
export function addFieldsStage(operand: unknown, { variables }: PipelineContext): Stage {
  const fields = flatFields(documentOperand('$addFields', operand)).map(([path, expression]) => {
    if (path.startsWith('$')) {
      throw new CommandError('Location16410', `FieldPath field names may not start with '$'. Found: ${path}`);
    }
    return [splitPath(path), compileExpression(expression, variables)] as const;
  });
  if (fields.length === 0) {
    throw new CommandError(
      'Location40177',
      'Invalid $addFields :: caused by :: specification must have at least one field',
    );
  }
  return function* addFields(input) {
    for (const document of input) {
      let result = document;
      for (const [parts, evaluate] of fields) {
        result = withValueAt(result, parts, evaluate(document)) as BsonDocument;
      }
      yield result;
    }
  };
}

function replaced(value: unknown, name: string): BsonDocument {
  if (isDocument(value)) return value;
  throw new CommandError(
    'Location40228',
    `'${name}' expression must evaluate to an object, but resulting value was of type: ${bsonTypeOf(value)}`,
  );
}

/** `$replaceRoot`. */
export function replaceRootStage(operand: unknown, context: PipelineContext): Stage {
  const { newRoot, ...others } = documentOperand('$replaceRoot', operand);
  if (newRoot === undefined || Object.keys(others).length > 0) {
    throw new CommandError('Location40231', 'no newRoot specified for the $replaceRoot stage');
  }
  return replaceWithStage(newRoot, context, 'newRoot');
}

/** `$replaceWith`. */
export function replaceWithStage(
  operand: unknown,
  { variables }: PipelineContext,
  name = 'replacement document',
): Stage {
  const evaluate = compileExpression(operand, variables);
  return function* replaceWith(input) {
    for (const document of input) yield replaced(evaluate(document), name);
  };
}

/** `$count`. */
export function countStage(operand: unknown): Stage {
  if (typeof operand !== 'string' || operand === '') {
    throw new CommandError('Location40156', 'the count field must be a non-empty string');
  }
  if (operand.startsWith('$') || operand.includes('.')) {
    throw new CommandError('Location40158', "the count field cannot be a $-prefixed path or contain '.'");
  }
  return function* count(input) {
    let count = 0;
    for (const document of input) if (document !== undefined) count += 1;
    if (count > 0) yield { [operand]: count };
  };
}

/** `$sample`: some documents by chance, each at most once. */
export function sampleStage(operand: unknown): Stage {
  const size = countOperand('$sample', documentOperand('$sample', operand)['size'], 1);
  return function* sample(input) {
    const documents = [...input];
    for (let taken = 0; taken < Math.min(size, documents.length); taken++) {
      const other = taken + Math.floor(Math.random() * (documents.length - taken));
      const [left, right] = [documents[taken], documents[other]];
      if (left === undefined || right === undefined) return;
      documents[other] = left;
      yield right;
    }
  };
}

/** `$unwind`. */
export function unwindStage(operand: unknown): Stage {
  const options = isDocument(operand) ? operand : { path: operand };
  const { path, includeArrayIndex, preserveNullAndEmptyArrays = false } = options;
  for (const name of Object.keys(options)) {
    if (['path', 'includeArrayIndex', 'preserveNullAndEmptyArrays'].includes(name)) continue;
    throw new CommandError('Location28811', `unrecognized option to $unwind stage: ${name}`);
  }
  if (typeof path !== 'string') throw new CommandError('Location28812', 'no path specified to $unwind stage');
  if (!path.startsWith('$') || path.length < 2) {
    throw new CommandError(
      'Location28818',
      `path option to $unwind stage should be prefixed with a '$': ${path}`,
    );
  }
  const parts = splitPath(path.slice(1));
  const withIndex = (document: BsonDocument, index: number | null): BsonDocument =>
    typeof includeArrayIndex === 'string'
      ? (withValueAt(document, splitPath(includeArrayIndex), index) as BsonDocument)
      : document;
  return function* unwind(input) {
    for (const document of input) {
      const value = parts.reduce<unknown>(
        (parent, part) => (isDocument(parent) ? parent[part] : undefined),
        document,
      );
      if (Array.isArray(value) && value.length > 0) {
        for (const [index, element] of value.entries()) {
          yield withIndex(withValueAt(document, parts, element) as BsonDocument, index);
        }
      } else if (Array.isArray(value)) {
        if (preserveNullAndEmptyArrays === true) {
          yield withIndex(withValueAt(document, parts, undefined) as BsonDocument, null);
        }
      } else if ((value !== undefined && value !== null) || preserveNullAndEmptyArrays === true) {
        yield withIndex(document, null);
      }
    }
  };
}
