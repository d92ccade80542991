import { isNumeric } from '../values/bson-type.ts';

/** What counts as true in an expression: not false, null, missing or zero. */
export function isTruthy(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return !isNumeric(value) || Number(value) !== 0;
}
