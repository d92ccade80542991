import { CommandError } from '../../command-error.ts';
import { isDocument } from '../../values/bson-document.ts';
import { printValue } from '../../values/print-value.ts';
import { mingo } from '../mingo.ts';
import { evaluate, type ExpressionOperator, isNil } from './operator.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const DAYS_PER_WEEK = 7;

/** How far the clocks of a time zone are ahead of UTC at a moment, in milliseconds. */
function offsetAt(date: Date, timezone: unknown): number {
  if (isNil(timezone)) return 0;
  const zoneName = printValue(timezone);
  const [, sign, hours, minutes = '0'] = /^([+-])(\d\d):?(\d\d)?$/.exec(zoneName) ?? [];
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  try {
    const zone = new Intl.DateTimeFormat('en', { timeZone: zoneName, timeZoneName: 'longOffset' });
    const name = zone.formatToParts(date).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    return name === 'GMT' ? 0 : offsetAt(date, name.slice('GMT'.length));
  } catch {
    throw new CommandError('Location40485', `unrecognized time zone identifier: "${zoneName}"`);
  }
}

/** A date whose UTC parts are what the clocks of the time zone show. */
function wallTimeOf(date: Date, timezone: unknown): Date {
  return new Date(date.getTime() + offsetAt(date, timezone));
}

/** The moment at which the clocks of the time zone show that. */
function momentOf(wallTime: Date, timezone: unknown): Date {
  const near = new Date(wallTime.getTime() - offsetAt(wallTime, timezone));
  return new Date(wallTime.getTime() - offsetAt(near, timezone));
}

/** mingo's operator of that name, for what ours leaves to it. */
function theirs(name: string): ExpressionOperator {
  // mingo's operators are typed by its own value type.
  return Reflect.get(mingo().expressions, name) as ExpressionOperator;
}

// mingo moves the result, not the date, into the time zone: the first hours of a day fall to the day before.
const dateTrunc: ExpressionOperator = (document, operand, options) => {
  const given = evaluate(document, operand, options);
  if (!isDocument(given) || !(given['date'] instanceof Date) || isNil(given['timezone']))
    return theirs('$dateTrunc')(document, operand, options);
  const { date, timezone, ...rest } = given;
  const $literal = { ...rest, date: wallTimeOf(date, timezone) };
  const truncated = theirs('$dateTrunc')(document, { $literal }, options);
  return truncated instanceof Date ? momentOf(truncated, timezone) : truncated;
};

/** A part of a date, given by itself or with its time zone. */
function datePart(name: string, partOf: (wallTime: Date) => number): ExpressionOperator {
  return (document, operand, options) => {
    const evaluated = evaluate(document, operand, options);
    const given: unknown = Array.isArray(evaluated) && evaluated.length === 1 ? evaluated[0] : evaluated;
    const [date, timezone] = isDocument(given) ? [given['date'], given['timezone']] : [given, null];
    if (!(date instanceof Date)) return theirs(name)(document, operand, options);
    return partOf(wallTimeOf(date, timezone));
  };
}

function isoWeekYearOf(wallTime: Date): number {
  // A week belongs to the year of its Thursday.
  const thursday = 3 - ((wallTime.getUTCDay() + 6) % DAYS_PER_WEEK);
  return new Date(wallTime.getTime() + thursday * DAY_MS).getUTCFullYear();
}

/** Weeks begin on Sunday; the days before the first one are week 0. */
function weekOf(wallTime: Date): number {
  const day = Math.floor((wallTime.getTime() - Date.UTC(wallTime.getUTCFullYear(), 0, 1)) / DAY_MS);
  return Math.floor((day + DAYS_PER_WEEK - wallTime.getUTCDay()) / DAYS_PER_WEEK);
}

const dateToString: ExpressionOperator = (document, operand, options) => {
  const given = evaluate(document, operand, options);
  if (!isDocument(given) || !(given['date'] instanceof Date) || typeof given['format'] !== 'string')
    return theirs('$dateToString')(document, operand, options);
  const wallTime = wallTimeOf(given['date'], given['timezone']);
  const parts: Readonly<Record<string, string>> = {
    '%G': String(isoWeekYearOf(wallTime)).padStart(4, '0'),
    '%U': String(weekOf(wallTime)).padStart(2, '0'),
  };
  const format = given['format'].replace(/%./g, (part) => parts[part] ?? part);
  return theirs('$dateToString')(document, { $literal: { ...given, format } }, options);
};

const ISO_DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?))? ?(Z|[+-]\d\d(?::?\d\d)?)?$/;

// mingo reads no offset and no day alone.
const dateFromString: ExpressionOperator = (document, operand, options) => {
  const given = evaluate(document, operand, options);
  const text = isDocument(given) && isNil(given['format']) ? given['dateString'] : undefined;
  const [, day, time = '00:00', zone] = ISO_DATE.exec(typeof text === 'string' ? text : '') ?? [];
  const wallTime = new Date(`${day}T${time}Z`);
  if (!isDocument(given) || day === undefined || Number.isNaN(wallTime.getTime()))
    return theirs('$dateFromString')(document, operand, options);
  return momentOf(wallTime, zone === 'Z' ? null : (zone ?? given['timezone']));
};

/** Weeks and time zones, which mingo counts otherwise than MongoDB. */
export const CALENDAR_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $dateTrunc: dateTrunc,
  $isoWeekYear: datePart('$isoWeekYear', isoWeekYearOf),
  $week: datePart('$week', weekOf),
  $dateToString: dateToString,
  $dateFromString: dateFromString,
};
