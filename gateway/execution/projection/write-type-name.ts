import { isObjectType, type GraphQLCompositeType } from 'graphql';

import { violation, type Write } from './write.ts';

/**
 * `__typename`. An object whose type is known only as an interface (an interface object that no subgraph could tell
 * more about) has none, and is null as a whole.
 */
export function compileTypeName(type: GraphQLCompositeType): Write {
  const text = isObjectType(type) ? JSON.stringify(type.name) : violation;
  return () => text;
}
