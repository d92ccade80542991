import type { GatewayConfig } from '../config/gateway-config.ts';
import type { Engine } from '../engine.ts';
import { RequestError, toGraphqlError } from '../errors.ts';
import { makeCostLimit } from './limit-cost.ts';

/** What the guards of an engine need. */
export interface EngineGuardParts {
  readonly config: GatewayConfig;
  /** The supergraph with all that it says of costs. */
  readonly supergraphSdl: string;
  readonly countRefusal: (guard: string) => void;
}

/**
 * Puts the guards that need the schema before an engine, whichever it is. A refusal is thrown as a GraphQLError with
 * its code and HTTP status, which the server answers.
 */
export function guardEngine(
  engine: Engine,
  { config, supergraphSdl, countRefusal }: EngineGuardParts,
): Engine {
  const limitCost = makeCostLimit(config, engine.apiSchema, supergraphSdl);
  return {
    name: engine.name,
    supergraphSdl,
    apiSchema: engine.apiSchema,
    execute: async (request) => {
      try {
        limitCost(request);
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        countRefusal('cost');
        throw toGraphqlError(error);
      }
      return engine.execute(request);
    },
    prepare: async (operations) => engine.prepare?.(operations),
    close: () => engine.close(),
  };
}
