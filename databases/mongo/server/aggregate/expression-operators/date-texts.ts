import { CommandError } from '../../command-error.ts';
import { bsonTypeOf } from '../../values/bson-type.ts';
import { DAY_MS, namedArguments, PARTS, startOfDay, startOfIsoDay } from './date-parts.ts';
import { type ExpressionOperator, isNil } from './operator.ts';
import { dateOf, isUtc, momentOf, offsetAt, wallTimeOf } from './time-zone.ts';

const MONTHS = [
  'January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October',
  'November', 'December',
]; // prettier-ignore

function padded(number: number, length = 2): string {
  return String(number).padStart(length, '0');
}

function offsetText(minutes: number): string {
  const size = Math.abs(minutes);
  return (minutes < 0 ? '-' : '+') + padded(Math.floor(size / 60)) + padded(size % 60);
}

/** What a letter of a format stands for, of what the clocks show and their minutes ahead of UTC. */
const PRINTED: Readonly<Record<string, (wallTime: Date, offset: number) => string>> = {
  '%': () => '%',
  Y: (wallTime) => padded(PARTS.$year(wallTime), 4),
  m: (wallTime) => padded(PARTS.$month(wallTime)),
  d: (wallTime) => padded(PARTS.$dayOfMonth(wallTime)),
  H: (wallTime) => padded(PARTS.$hour(wallTime)),
  M: (wallTime) => padded(PARTS.$minute(wallTime)),
  S: (wallTime) => padded(PARTS.$second(wallTime)),
  L: (wallTime) => padded(PARTS.$millisecond(wallTime), 3),
  j: (wallTime) => padded(PARTS.$dayOfYear(wallTime), 3),
  w: (wallTime) => String(PARTS.$dayOfWeek(wallTime)),
  u: (wallTime) => String(PARTS.$isoDayOfWeek(wallTime)),
  U: (wallTime) => padded(PARTS.$week(wallTime)),
  V: (wallTime) => padded(PARTS.$isoWeek(wallTime)),
  G: (wallTime) => padded(PARTS.$isoWeekYear(wallTime), 4),
  B: (wallTime) => MONTHS[wallTime.getUTCMonth()] ?? '',
  b: (wallTime) => MONTHS[wallTime.getUTCMonth()]?.slice(0, 3) ?? '',
  z: (_, offset) => offsetText(offset),
  Z: (_, offset) => String(offset),
};

const FORMAT_PART = /%([\s\S]?)/g;

function printDate(date: Date, format: string, timezone: unknown): string {
  const wallTime = wallTimeOf(date, timezone);
  const offset = offsetAt(date, timezone) / 60_000;
  return format.replace(FORMAT_PART, (part, letter: string) => {
    if (letter === '') throw new CommandError('Location18535', "Unmatched '%' at end of format string");
    const print = Object.hasOwn(PRINTED, letter) ? PRINTED[letter] : undefined;
    if (print !== undefined) return print(wallTime, offset);
    throw new CommandError('Location18536', `Invalid format character '${part}' in format string`);
  });
}

function formatOf(name: string, format: unknown): string {
  if (typeof format === 'string') return format;
  throw new CommandError(
    'Location18533',
    `${name} requires that 'format' be a string, found: ${bsonTypeOf(format)}`,
  );
}

const dateToString: ExpressionOperator = (...args) => {
  const given = namedArguments('$dateToString', ['date', 'format', 'timezone', 'onNull'], ...args);
  const { date, format, timezone, onNull = null } = given;
  if (isNil(date)) return onNull;
  if (format === null || timezone === null) return null;
  const usual = `%Y-%m-%dT%H:%M:%S.%L${isUtc(timezone) ? 'Z' : ''}`;
  return printDate(dateOf(date), formatOf('$dateToString', format ?? usual), timezone);
};

const ISO_DATE =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)? ?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** What a text says: a day, the time on it, and where. */
interface Said {
  readonly day: Date;
  readonly timeMs: number;
  readonly zone: string | undefined;
}

function timeOf(hours: string, minutes: string, seconds: string, fraction: string): number | null {
  const [h, m, s] = [Number(hours), Number(minutes), Number(seconds)];
  if (h > 24 || m > 59 || s > 59) return null;
  return ((h * 60 + m) * 60 + s) * 1000 + Number(fraction.padEnd(3, '0').slice(0, 3));
}

function dayOf(year: string, month: string, day: string): Date | null {
  const date = startOfDay(Number(year), Number(month), Number(day));
  return date.getUTCDate() === Number(day) && date.getUTCMonth() + 1 === Number(month) ? date : null;
}

function readIso(text: string): Said | null {
  const [
    all,
    year = '',
    month = '',
    date = '',
    hours = '0',
    minutes = '0',
    seconds = '0',
    fraction = '0',
    zone,
  ] = ISO_DATE.exec(text) ?? [];
  const day = all === undefined ? null : dayOf(year, month, date);
  const timeMs = timeOf(hours, minutes, seconds, fraction);
  return day === null || timeMs === null ? null : { day, timeMs, zone: zone?.toUpperCase() };
}

/** The moment that a text in ISO 8601 names; `null` of another text. */
export function parseIsoDate(text: string, timezone?: unknown): Date | null {
  const said = readIso(text);
  return said && momentSaid(said, timezone);
}

function momentSaid({ day, timeMs, zone }: Said, timezone: unknown): Date {
  return momentOf(new Date(day.getTime() + timeMs), zone ?? timezone);
}

const READ: Readonly<Record<string, string>> = {
  Y: '\\d{4}', m: '\\d{1,2}', d: '\\d{1,2}', H: '\\d{1,2}', M: '\\d{1,2}', S: '\\d{1,2}', L: '\\d{1,3}',
  j: '\\d{1,3}', u: '[1-7]', V: '\\d{1,2}', G: '\\d{4}', B: '[a-z]+', b: '[a-z]{3}',
  z: 'Z|[+-]\\d\\d:?\\d\\d', Z: '[+-]\\d{1,4}',
}; // prettier-ignore

/** Reads a text by a format; `null` when it does not follow it. */
function readByFormat(text: string, format: string): Said | null {
  const letters: string[] = [];
  const source = format.replace(/%([\s\S]?)|[\\^$.*+?()[\]{}|]/g, (part, letter?: string) => {
    if (letter === undefined) return `\\${part}`;
    if (letter === '%') return '%';
    const read = Object.hasOwn(READ, letter) ? READ[letter] : undefined;
    if (read === undefined)
      throw new CommandError('Location18536', `Invalid format character '${part}' in format string`);
    letters.push(letter);
    return `(${read})`;
  });
  const found = new RegExp(`^${source}$`, 'i').exec(text);
  if (found === null) return null;
  const said = new Map(letters.map((letter, index) => [letter, found[index + 1] ?? '']));
  const day = daySaid(said);
  const at = (letter: string): string => said.get(letter) ?? '0';
  const timeMs = timeOf(at('H'), at('M'), at('S'), at('L'));
  const minutes = said.get('Z');
  const zone = minutes === undefined ? said.get('z')?.toUpperCase() : offsetText(Number(minutes));
  return day === null || timeMs === null ? null : { day, timeMs, zone };
}

function daySaid(said: ReadonlyMap<string, string>): Date | null {
  const [year, dayOfYear, isoYear] = [said.get('Y'), said.get('j'), said.get('G')];
  if (isoYear !== undefined)
    return startOfIsoDay(Number(isoYear), Number(said.get('V') ?? 1), Number(said.get('u') ?? 1));
  if (year === undefined) return null;
  if (dayOfYear !== undefined)
    return new Date(startOfDay(Number(year), 1, 1).getTime() + (Number(dayOfYear) - 1) * DAY_MS);
  const name = (said.get('B') ?? said.get('b'))?.toLowerCase();
  const month =
    name === undefined
      ? said.get('m')
      : String(MONTHS.findIndex((known) => known.toLowerCase().startsWith(name)) + 1);
  const day = said.get('d');
  return month === undefined || day === undefined ? null : dayOf(year, month, day);
}

const dateFromString: ExpressionOperator = (...args) => {
  const known = ['dateString', 'format', 'timezone', 'onError', 'onNull'];
  const given = namedArguments('$dateFromString', known, ...args);
  const { dateString: text, format, timezone, onNull = null } = given;
  if (isNil(text)) return onNull;
  if (format === null || timezone === null) return null;
  const hasOtherwise = Object.hasOwn(given, 'onError');
  if (typeof text !== 'string') {
    if (hasOtherwise) return given['onError'];
    throw new CommandError(
      'ConversionFailure',
      `$dateFromString requires that 'dateString' be a string, found: ${bsonTypeOf(text)}`,
    );
  }
  const said = format === undefined ? readIso(text) : readByFormat(text, formatOf('$dateFromString', format));
  if (said !== null) return momentSaid(said, timezone);
  // MongoDB reads many more forms than that of ISO 8601, which all have a digit.
  if (format === undefined && /\d/.test(text) && !ISO_DATE.test(text)) {
    throw new CommandError(
      'NotImplemented',
      `The date '${text}' is not in ISO 8601; without a format, others are not supported by the development server`,
    );
  }
  if (hasOtherwise) return given['onError'];
  throw new CommandError('ConversionFailure', `Error parsing date string '${text}'`);
};

/** Dates as texts, and texts as dates. */
export const DATE_TEXT_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $dateToString: dateToString,
  $dateFromString: dateFromString,
};
