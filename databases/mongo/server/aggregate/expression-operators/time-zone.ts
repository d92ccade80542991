import { ObjectId, Timestamp } from 'bson';
import { CommandError } from '../../command-error.ts';
import { bsonTypeOf } from '../../values/bson-type.ts';
import { printValue } from '../../values/print-value.ts';
import { isNil } from './operator.ts';

const MINUTE_MS = 60_000;
const OFFSET = /^([+-])(\d\d):?(\d\d)?$/;
const UTC = new Set(['UTC', 'GMT', 'Z', 'Etc/UTC']);

// To make one costs more than all else about a date; there are some 400 time zones.
const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  formats.set(zone, made);
  return made;
}

/** How far the clocks of a time zone are ahead of UTC at a moment, in milliseconds. */
export function offsetAt(date: Date, timezone: unknown): number {
  if (isNil(timezone) || UTC.has(printValue(timezone)) || Number.isNaN(date.getTime())) return 0;
  const zoneName = printValue(timezone);
  const [, sign, hours, minutes = '0'] = OFFSET.exec(zoneName) ?? [];
  if (sign !== undefined) return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS;
  try {
    const parts = formatOf(zoneName).formatToParts(date);
    const name = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
    return name === 'GMT' ? 0 : offsetAt(date, name.slice('GMT'.length));
  } catch {
    throw new CommandError('Location40485', `unrecognized time zone identifier: "${zoneName}"`);
  }
}

/** True for no time zone and for UTC by name or by its offset. */
export function isUtc(timezone: unknown): boolean {
  if (isNil(timezone)) return true;
  const name = printValue(timezone);
  return UTC.has(name) || (OFFSET.test(name) && offsetAt(new Date(0), name) === 0);
}

/** A date whose UTC parts are what the clocks of the time zone show. */
export function wallTimeOf(date: Date, timezone: unknown): Date {
  return new Date(date.getTime() + offsetAt(date, timezone));
}

/** The moment at which the clocks of the time zone show that. */
export function momentOf(wallTime: Date, timezone: unknown): Date {
  const near = new Date(wallTime.getTime() - offsetAt(wallTime, timezone));
  return new Date(wallTime.getTime() - offsetAt(near, timezone));
}

/** The moment that a date, a timestamp or an ObjectId names; `null` of anything else. */
export function momentIn(value: unknown): Date | null {
  if (value instanceof Date) return value;
  if (value instanceof Timestamp) return new Date((value.high >>> 0) * 1000);
  return value instanceof ObjectId ? value.getTimestamp() : null;
}

/** The date that a value stands for. Throws for what is none. */
export function dateOf(value: unknown): Date {
  const date = momentIn(value);
  if (date !== null) return date;
  throw new CommandError('Location16006', `can't convert from BSON type ${bsonTypeOf(value)} to Date`);
}
