import { defineShapeGuard } from './shape-guard.ts';

/** Refuses operations whose fragments spread out to too many fields: few tokens can make millions of them. */
export const limitSelections = defineShapeGuard({
  name: 'selections',
  option: 'selectionsMax',
  code: 'SELECTION_LIMIT',
  measure: (shape) => shape.selections,
  describe: (found, limit) =>
    `The operation selects ${found} fields and fragments, with fragments spread out; the limit is ${limit}.`,
});
