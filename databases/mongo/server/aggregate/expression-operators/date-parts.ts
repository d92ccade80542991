import { CommandError } from '../../command-error.ts';
import { type BsonDocument, isDocument } from '../../values/bson-document.ts';
import { isNumeric } from '../../values/bson-type.ts';
import { printValue } from '../../values/print-value.ts';
import { evaluate, evaluateExactly, type ExpressionOperator, isNil } from './operator.ts';
import { dateOf, momentOf, wallTimeOf } from './time-zone.ts';

export const DAY_MS = 86_400_000;
const DAYS_PER_WEEK = 7;

function dayOfYear(wallTime: Date): number {
  return Math.floor((wallTime.getTime() - Date.UTC(wallTime.getUTCFullYear(), 0, 1)) / DAY_MS) + 1;
}

function isoDayOfWeek(wallTime: Date): number {
  return wallTime.getUTCDay() === 0 ? DAYS_PER_WEEK : wallTime.getUTCDay();
}

/** A week belongs to the year of its Thursday. */
function thursdayOf(wallTime: Date): Date {
  return new Date(wallTime.getTime() + (4 - isoDayOfWeek(wallTime)) * DAY_MS);
}

type Part = (wallTime: Date) => number;

/** What the clocks show, by the name of the operator. */
export const PARTS = {
  $year: (wallTime) => wallTime.getUTCFullYear(),
  $month: (wallTime) => wallTime.getUTCMonth() + 1,
  $dayOfMonth: (wallTime) => wallTime.getUTCDate(),
  $dayOfYear: dayOfYear,
  $dayOfWeek: (wallTime) => wallTime.getUTCDay() + 1,
  $hour: (wallTime) => wallTime.getUTCHours(),
  $minute: (wallTime) => wallTime.getUTCMinutes(),
  $second: (wallTime) => wallTime.getUTCSeconds(),
  $millisecond: (wallTime) => wallTime.getUTCMilliseconds(),
  // Weeks begin on Sunday; the days before the first one are week 0.
  $week: (wallTime) => Math.floor((dayOfYear(wallTime) - 1 + DAYS_PER_WEEK - wallTime.getUTCDay()) / 7),
  $isoWeekYear: (wallTime) => thursdayOf(wallTime).getUTCFullYear(),
  $isoWeek: (wallTime) => Math.ceil(dayOfYear(thursdayOf(wallTime)) / DAYS_PER_WEEK),
  $isoDayOfWeek: isoDayOfWeek,
} satisfies Record<string, Part>;

/** A part of a date, given by itself or with its time zone. */
function datePart(name: string, partOf: Part): ExpressionOperator {
  return (document, operand, options) => {
    const isLong = isDocument(operand) && Object.hasOwn(operand, 'date');
    const date = isLong
      ? evaluate(document, operand['date'], options)
      : evaluateExactly(name, 1, document, operand, options)[0];
    if (!isLong || !Object.hasOwn(operand, 'timezone')) {
      return isNil(date) ? null : partOf(dateOf(date));
    }
    const timezone = evaluate(document, operand['timezone'], options);
    return isNil(date) || isNil(timezone) ? null : partOf(wallTimeOf(dateOf(date), timezone));
  };
}

/** The named arguments of an operator, evaluated. Throws for a name that it does not know. */
export function namedArguments(
  name: string,
  known: readonly string[],
  ...[document, operand, options]: Parameters<ExpressionOperator>
): BsonDocument {
  if (!isDocument(operand)) {
    throw new CommandError('FailedToParse', `${name} only supports an object as its argument`);
  }
  const given = Object.entries(operand).map(([field, expression]): [string, unknown] => {
    if (known.includes(field)) return [field, evaluate(document, expression, options) ?? null];
    throw new CommandError('FailedToParse', `Unrecognized argument to ${name}: ${field}`);
  });
  return Object.fromEntries(given);
}

const dateToParts: ExpressionOperator = (...args) => {
  const given = namedArguments('$dateToParts', ['date', 'timezone', 'iso8601'], ...args);
  const { date, timezone, iso8601: isIso = false } = given;
  if (isNil(date) || timezone === null || isNil(isIso)) return null;
  const wallTime = wallTimeOf(dateOf(date), timezone);
  const day =
    isIso === true
      ? {
          isoWeekYear: PARTS.$isoWeekYear(wallTime),
          isoWeek: PARTS.$isoWeek(wallTime),
          isoDayOfWeek: isoDayOfWeek(wallTime),
        }
      : {
          year: PARTS.$year(wallTime),
          month: PARTS.$month(wallTime),
          day: PARTS.$dayOfMonth(wallTime),
        };
  return {
    ...day,
    hour: PARTS.$hour(wallTime),
    minute: PARTS.$minute(wallTime),
    second: PARTS.$second(wallTime),
    millisecond: PARTS.$millisecond(wallTime),
  };
};

const PART_MAX = 32_767;

function partFrom(given: BsonDocument, name: string, fallback: number): number {
  const value = given[name] ?? fallback;
  if (!isNumeric(value) || !Number.isInteger(Number(value))) {
    throw new CommandError(
      'Location40515',
      `'${name}' must evaluate to an integer, found ${printValue(value)}`,
    );
  }
  const number = Number(value);
  const isYear = name === 'year' || name === 'isoWeekYear';
  if (isYear ? number >= 1 && number <= 9999 : Math.abs(number) <= PART_MAX) return number;
  throw new CommandError(
    isYear ? 'Location40523' : 'Location31034',
    `'${name}' is out of range in $dateFromParts: ${number}`,
  );
}

/** The start of a day whose month and day may lie beyond their year and month. */
export function startOfDay(year: number, month: number, day: number): Date {
  const date = new Date(0);
  // Date.UTC takes the years below 100 for those of the last century.
  date.setUTCFullYear(year, month - 1, day);
  return date;
}

/** The start of a day of an ISO year: week 1 has the fourth of January. */
export function startOfIsoDay(year: number, week: number, day: number): Date {
  const fourth = startOfDay(year, 1, 4);
  return startOfDay(year, 1, 4 - isoDayOfWeek(fourth) + (week - 1) * DAYS_PER_WEEK + day);
}

const TIME_PARTS = ['hour', 'minute', 'second', 'millisecond', 'timezone'];

const dateFromParts: ExpressionOperator = (document, operand, options) => {
  const isIso = isDocument(operand) && Object.hasOwn(operand, 'isoWeekYear');
  const day = isIso ? ['isoWeekYear', 'isoWeek', 'isoDayOfWeek'] : ['year', 'month', 'day'];
  const given = namedArguments('$dateFromParts', [...day, ...TIME_PARTS], document, operand, options);
  const [year = ''] = day;
  if (!Object.hasOwn(given, year)) {
    throw new CommandError(
      'Location40516',
      "$dateFromParts requires either 'year' or 'isoWeekYear' to be present",
    );
  }
  if (Object.values(given).includes(null)) return null;
  const [years = 1, months = 1, days = 1] = day.map((name) => partFrom(given, name, 1));
  const start = isIso ? startOfIsoDay(years, months, days) : startOfDay(years, months, days);
  const [hours = 0, minutes = 0, seconds = 0, ms = 0] = TIME_PARTS.slice(0, -1).map((name) =>
    partFrom(given, name, 0),
  );
  start.setUTCHours(hours, minutes, seconds, ms);
  return momentOf(start, given['timezone']);
};

/** Parts of dates, and dates of their parts. */
export const DATE_PART_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  ...Object.fromEntries(Object.entries(PARTS).map(([name, partOf]) => [name, datePart(name, partOf)])),
  $dateToParts: dateToParts,
  $dateFromParts: dateFromParts,
};
