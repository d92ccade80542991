import { defineShapeGuard } from './shape-guard.ts';

/** Refuses operations with too many directives, which cost validation and make variants of a plan. */
export const limitDirectives = defineShapeGuard({
  name: 'directives',
  option: 'directivesMax',
  code: 'DIRECTIVE_LIMIT',
  measure: (shape) => shape.directives,
  describe: (found, limit) => `The operation has ${found} directives; the limit is ${limit}.`,
});
