import { defineShapeGuard } from './shape-guard.ts';

/** Refuses operations with too many levels of fields, whose plans and answers grow with every level. */
export const limitDepth = defineShapeGuard({
  name: 'depth',
  option: 'depthMax',
  code: 'DEPTH_LIMIT',
  measure: (shape) => shape.depth,
  describe: (found, limit) => `The operation is ${found} levels deep; the limit is ${limit}.`,
});
