import { parse, print, type DocumentNode } from 'graphql';

import { prepareKeyOrder } from './prepare-key-order.ts';
import { prepareRequiredArguments, type VirtualField } from './prepare-required-arguments.ts';

/** A supergraph in the form that is given to the planner, never to clients. */
export interface PreparedSupergraph {
  readonly sdl: string;
  /** Fields that stand for a field with arguments inside `@requires`, by their name. */
  readonly virtualFields: ReadonlyMap<string, VirtualField>;
}

/** Mends in the supergraph what the planner would get wrong. Each pass says which fault it is for. */
export function prepareSupergraph(supergraphSdl: string): PreparedSupergraph {
  let document: DocumentNode = parse(supergraphSdl, { noLocation: true });
  document = prepareKeyOrder(document);
  const prepared = prepareRequiredArguments(document);
  return { sdl: print(prepared.document), virtualFields: prepared.virtualFields };
}
