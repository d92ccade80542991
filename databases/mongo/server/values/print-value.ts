import { EJSON } from 'bson';

/** A value for an error message: text as it is, anything else as Extended JSON. */
export function printValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return 'nothing';
  return EJSON.stringify(value, { relaxed: true });
}
