import { defineShapeGuard } from './shape-guard.ts';

/** Refuses operations with too many root fields, each of which may be a request to a subgraph of its own. */
export const limitRootFields = defineShapeGuard({
  name: 'rootFields',
  option: 'rootFieldsMax',
  code: 'ROOT_FIELD_LIMIT',
  measure: (shape) => shape.rootFields,
  describe: (found, limit) => `The operation has ${found} root fields; the limit is ${limit}.`,
});
