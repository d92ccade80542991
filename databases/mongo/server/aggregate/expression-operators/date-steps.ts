import { Long } from 'bson';
import { CommandError, type ErrorName } from '../../command-error.ts';
import { isDocument } from '../../values/bson-document.ts';
import { bsonTypeOf, isNumeric } from '../../values/bson-type.ts';
import { printValue } from '../../values/print-value.ts';
import { mingo } from '../mingo.ts';
import { DAY_MS, namedArguments } from './date-parts.ts';
import { type ExpressionOperator, isNil } from './operator.ts';
import { momentIn, momentOf, offsetAt, wallTimeOf } from './time-zone.ts';

const UNIT_MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };
const UNIT_MS: Readonly<Record<string, number>> = {
  week: 7 * DAY_MS,
  day: DAY_MS,
  hour: 3_600_000,
  minute: 60_000,
  second: 1000,
  millisecond: 1,
};
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const DAYS_MAX = 31;

function unitOf(unit: unknown): string {
  const name = printValue(unit);
  if (Object.hasOwn(UNIT_MONTHS, name) || Object.hasOwn(UNIT_MS, name)) return name;
  throw new CommandError('FailedToParse', `unknown time unit value: ${name}`);
}

function dateArgument(name: string, field: string, value: unknown, code: ErrorName): Date {
  const date = momentIn(value);
  if (date !== null) return date;
  throw new CommandError(
    code,
    `${name} requires ${field} to be convertible to a date, found ${bsonTypeOf(value)}`,
  );
}

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

function dateSum(name: '$dateAdd' | '$dateSubtract', sign: 1 | -1): ExpressionOperator {
  return (document, operand, options) => {
    if (!isDocument(operand)) {
      throw new CommandError('Location5166400', `${name} expects an object as its argument`);
    }
    const known = ['startDate', 'unit', 'amount', 'timezone'];
    const given = namedArguments(name, known, document, operand, options);
    const { startDate, unit: unitGiven, amount, timezone } = given;
    if (isNil(startDate) || isNil(unitGiven) || isNil(amount) || timezone === null) return null;
    const unit = unitOf(unitGiven);
    const date = dateArgument(name, 'startDate', startDate, 'Location5166403');
    if (!isNumeric(amount) || !Number.isInteger(Number(amount))) {
      throw new CommandError('Location5166405', `${name} expects integer amount of time units`);
    }
    const steps = sign * Number(amount);
    const months = UNIT_MONTHS[unit];
    const stepMs = UNIT_MS[unit] ?? 0;
    // Days and longer are those of the clocks; hours and shorter pass, whatever the clocks do.
    if (months === undefined && stepMs < DAY_MS) return new Date(date.getTime() + steps * stepMs);
    const wallTime = wallTimeOf(date, timezone);
    const moved =
      months === undefined
        ? new Date(wallTime.getTime() + steps * stepMs)
        : addMonths(wallTime, steps * months);
    return momentOf(moved, timezone);
  };
}

function firstDayOf(value: unknown): number {
  const name = printValue(value).toLowerCase();
  const found = DAYS.findIndex((day) => day === name || day.slice(0, 3) === name);
  if (found !== -1) return found;
  throw new CommandError('FailedToParse', `unknown day of week value: ${printValue(value)}`);
}

/** How many bounds of a unit a moment has behind it; only the difference of two counts means something. */
function boundsBefore(date: Date, unit: string, timezone: unknown, firstDay: number, offset: number): number {
  const wallTime = wallTimeOf(date, timezone);
  const months = UNIT_MONTHS[unit];
  if (months !== undefined)
    return Math.floor((wallTime.getUTCFullYear() * 12 + wallTime.getUTCMonth()) / months);
  const stepMs = UNIT_MS[unit] ?? 1;
  // 1 January 1970 was a Thursday.
  if (unit === 'week') return Math.floor((wallTime.getTime() + (4 - firstDay) * DAY_MS) / stepMs);
  if (unit === 'day') return Math.floor(wallTime.getTime() / stepMs);
  // Shorter ones pass whatever the clocks do in between, but begin where those of the start do.
  return Math.floor((date.getTime() + offset) / stepMs);
}

const dateDiff: ExpressionOperator = (...args) => {
  const known = ['startDate', 'endDate', 'unit', 'timezone', 'startOfWeek'];
  const given = namedArguments('$dateDiff', known, ...args);
  const { startDate, endDate, unit: unitGiven, timezone, startOfWeek = 'sunday' } = given;
  if (isNil(startDate) || isNil(endDate) || isNil(unitGiven) || timezone === null) return null;
  const unit = unitOf(unitGiven);
  if (unit === 'week' && startOfWeek === null) return null;
  const start = dateArgument('$dateDiff', "'startDate'", startDate, 'Location5166307');
  const end = dateArgument('$dateDiff', "'endDate'", endDate, 'Location5166307');
  const firstDay = unit === 'week' ? firstDayOf(startOfWeek) : 0;
  const offset = offsetAt(start, timezone);
  const countOf = (date: Date): number => boundsBefore(date, unit, timezone, firstDay, offset);
  return Long.fromNumber(countOf(end) - countOf(start));
};

// mingo moves the result, not the date, into the time zone: the first hours of a day fall to the day before.
const dateTrunc: ExpressionOperator = (document, operand, options) => {
  // mingo's operators are typed by its own value type.
  const theirs = Reflect.get(mingo().expressions, '$dateTrunc') as ExpressionOperator;
  const known = ['date', 'unit', 'binSize', 'timezone', 'startOfWeek'];
  const { date, timezone, ...rest } = namedArguments('$dateTrunc', known, document, operand, options);
  if (isNil(date) || timezone === null || Object.values(rest).includes(null)) return null;
  unitOf(rest['unit']);
  const wallTime = wallTimeOf(dateArgument('$dateTrunc', "'date'", date, 'Location5439012'), timezone);
  const truncated = theirs(document, { $literal: { ...rest, date: wallTime } }, options);
  return truncated instanceof Date ? momentOf(truncated, timezone) : truncated;
};

/** Dates that are moved, and what lies between two of them. */
export const DATE_STEP_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $dateAdd: dateSum('$dateAdd', 1),
  $dateSubtract: dateSum('$dateSubtract', -1),
  $dateDiff: dateDiff,
  $dateTrunc: dateTrunc,
};
