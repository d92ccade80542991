import { RequestError } from '../errors.ts';

/**
 * Refuses variables nested deeper than `max`: what coerces and prints them calls itself for every level, and a
 * megabyte of brackets would end its stack. 0 turns the guard off.
 */
export function limitVariablesDepth(variables: unknown, max: number): void {
  if (max === 0 || typeof variables !== 'object' || variables === null) return;
  let level: object[] = [variables];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > max) {
      throw new RequestError('VARIABLES_DEPTH_LIMIT', `The variables are nested deeper than ${max} levels.`);
    }
    const next: object[] = [];
    for (const value of level) {
      for (const below of Object.values(value) as unknown[]) {
        if (typeof below === 'object' && below !== null) next.push(below);
      }
    }
    level = next;
  }
}
