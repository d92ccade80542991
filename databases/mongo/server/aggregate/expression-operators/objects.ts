import { CommandError } from '../../command-error.ts';
import { encodeDocument } from '../../values/bson-codec.ts';
import { type BsonDocument, isDocument, setField } from '../../values/bson-document.ts';
import { bsonTypeOf } from '../../values/bson-type.ts';
import { evaluateExactly, type ExpressionOperator, isNil } from './operator.ts';

function pairOfList(entry: readonly unknown[]): readonly [string, unknown] {
  if (entry.length !== 2) {
    throw new CommandError(
      'Location40397',
      `$arrayToObject requires an array of size 2 arrays, found array of size: ${entry.length}`,
    );
  }
  const [key, value] = entry;
  if (typeof key === 'string') return [key, value];
  throw new CommandError(
    'Location40395',
    `$arrayToObject requires keys of type string, not ${bsonTypeOf(key)}`,
  );
}

function pairOfDocument(entry: BsonDocument): readonly [string, unknown] {
  const count = Object.keys(entry).length;
  if (count !== 2) {
    throw new CommandError(
      'Location40392',
      `$arrayToObject requires an object keys of 'k' and 'v'. Found incorrect number of keys: ${count}`,
    );
  }
  if (!Object.hasOwn(entry, 'k') || !Object.hasOwn(entry, 'v')) {
    throw new CommandError('Location40393', "$arrayToObject requires an object with keys 'k' and 'v'");
  }
  const key = entry['k'];
  if (typeof key === 'string') return [key, entry['v']];
  throw new CommandError(
    'Location40394',
    `$arrayToObject requires keys of type string, not ${bsonTypeOf(key)}`,
  );
}

// mingo takes a literal list for its arguments.
const arrayToObject: ExpressionOperator = (document, operand, options) => {
  const [list] = evaluateExactly('$arrayToObject', 1, document, operand, options);
  if (isNil(list)) return null;
  if (!Array.isArray(list)) {
    throw new CommandError(
      'Location40386',
      `$arrayToObject requires an array input, found: ${bsonTypeOf(list)}`,
    );
  }
  const made: BsonDocument = {};
  const isOfLists = Array.isArray(list[0]);
  for (const entry of list as unknown[]) {
    if (Array.isArray(entry) !== isOfLists) {
      throw new CommandError(
        isOfLists ? 'Location40396' : 'Location40391',
        '$arrayToObject requires a consistent input format: all elements arrays, or all objects',
      );
    }
    if (!Array.isArray(entry) && !isDocument(entry)) {
      throw new CommandError(
        'Location40398',
        `Unrecognised input type for $arrayToObject: ${bsonTypeOf(entry)}`,
      );
    }
    const [key, value] = Array.isArray(entry) ? pairOfList(entry) : pairOfDocument(entry);
    setField(made, key, value);
  }
  return made;
};

const bsonSize: ExpressionOperator = (document, operand, options) => {
  const [value] = evaluateExactly('$bsonSize', 1, document, operand, options);
  if (isNil(value)) return null;
  if (isDocument(value)) return encodeDocument(value).length;
  throw new CommandError('Location31393', `$bsonSize requires a document input, found: ${bsonTypeOf(value)}`);
};

/** Documents as a whole; all others are mingo's. */
export const OBJECT_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $arrayToObject: arrayToObject,
  $bsonSize: bsonSize,
};
