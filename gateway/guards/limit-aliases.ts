import { defineShapeGuard } from './shape-guard.ts';

/** Refuses operations with too many aliases, which ask for the same field again and again in one request. */
export const limitAliases = defineShapeGuard({
  name: 'aliases',
  option: 'aliasesMax',
  code: 'ALIAS_LIMIT',
  measure: (shape) => shape.aliases,
  describe: (found, limit) => `The operation has ${found} aliases; the limit is ${limit}.`,
});
