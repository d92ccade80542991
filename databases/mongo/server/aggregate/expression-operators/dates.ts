import { Long, Timestamp } from 'bson';
import { CommandError } from '../../command-error.ts';
import { isDocument } from '../../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { printValue } from '../../values/print-value.ts';
import { mingo } from '../mingo.ts';
import { evaluate, evaluateExactly, type ExpressionOperator, isNil } from './operator.ts';

const UNIT_MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

const DAYS_MAX = 31;

/** The date some months later; a day that the month does not have becomes its last one. */
function addMonths(date: Date, months: number): Date {
  const result = new Date(date);
  result.setUTCDate(1);
  result.setUTCMonth(result.getUTCMonth() + months);
  for (let day = Math.min(DAYS_MAX, date.getUTCDate()); day > 0; day--) {
    const candidate = new Date(result);
    candidate.setUTCDate(day);
    if (candidate.getUTCMonth() === result.getUTCMonth()) return candidate;
  }
  return result;
}

// mingo lets 29 February and a year become 1 March.
function dateSum(name: '$dateAdd' | '$dateSubtract', sign: 1 | -1): ExpressionOperator {
  return (document, operand, options) => {
    if (!isDocument(operand)) {
      throw new CommandError('Location5166400', `${name} expects an object as its argument`);
    }
    const unit = evaluate(document, operand['unit'], options);
    const months = UNIT_MONTHS[printValue(unit)];
    if (months === undefined || operand['timezone'] !== undefined) {
      // mingo's operators are typed by its own value type.
      const theirs = Reflect.get(mingo().expressions, name) as ExpressionOperator;
      return theirs(document, operand, options);
    }
    const date = evaluate(document, operand['startDate'], options);
    const amount = evaluate(document, operand['amount'], options);
    if (isNil(date) || isNil(amount)) return null;
    if (!(date instanceof Date)) {
      throw new CommandError(
        'Location5166403',
        `${name} requires startDate to be convertible to a date, found ${bsonTypeOf(date)}`,
      );
    }
    if (!isNumeric(amount) || !Number.isInteger(Number(amount))) {
      throw new CommandError('Location5166405', `${name} expects integer amount of time units`);
    }
    return addMonths(date, sign * Number(amount) * months);
  };
}

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

/** Dates; all others are mingo's. */
export const DATE_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $dateAdd: dateSum('$dateAdd', 1),
  $dateSubtract: dateSum('$dateSubtract', -1),
  $tsSecond: partOfTimestamp('$tsSecond', (timestamp) => timestamp.high >>> 0),
  $tsIncrement: partOfTimestamp('$tsIncrement', (timestamp) => timestamp.low >>> 0),
};
