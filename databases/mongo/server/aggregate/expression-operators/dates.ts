import { Long, Timestamp } from 'bson';
import { CommandError } from '../../command-error.ts';
import { bsonTypeOf } from '../../values/bson-type.ts';
import { DATE_PART_OPERATORS } from './date-parts.ts';
import { DATE_STEP_OPERATORS } from './date-steps.ts';
import { DATE_TEXT_OPERATORS } from './date-texts.ts';
import { evaluateExactly, type ExpressionOperator, isNil } from './operator.ts';

function partOfTimestamp(
  name: '$tsSecond' | '$tsIncrement',
  read: (timestamp: Timestamp) => number,
): ExpressionOperator {
  return (document, operand, options) => {
    const [value] = evaluateExactly(name, 1, document, operand, options);
    if (isNil(value)) return null;
    if (value instanceof Timestamp) return Long.fromNumber(read(value));
    throw new CommandError(
      name === '$tsSecond' ? 'Location5687301' : 'Location5687302',
      `Argument to ${name} must be a timestamp, but is ${bsonTypeOf(value)}`,
    );
  };
}

/** Dates: mingo counts weeks, months and time zones otherwise than MongoDB, and takes null for 1970. */
export const DATE_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  ...DATE_PART_OPERATORS,
  ...DATE_STEP_OPERATORS,
  ...DATE_TEXT_OPERATORS,
  $tsSecond: partOfTimestamp('$tsSecond', (timestamp) => timestamp.high >>> 0),
  $tsIncrement: partOfTimestamp('$tsIncrement', (timestamp) => timestamp.low >>> 0),
};
