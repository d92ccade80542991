import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import type { GatewayConfig } from '../config/gateway-config.ts';
import { RequestError } from '../errors.ts';
import { compileCost, readCost, type Cost } from './compile-cost.ts';
import { readCostRules } from './cost-rules.ts';

/** A validated operation, as much as its cost needs. */
export interface CostedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export type CostLimitOptions = Pick<GatewayConfig, 'costMax' | 'costListSizeAssumed'>;

/**
 * Makes the check of an operation's estimated cost against one supergraph: it throws COST_LIMIT. The formula is
 * compiled once per operation; only what variables decide is left for the request.
 */
export function makeCostLimit(
  options: CostLimitOptions,
  schema: GraphQLSchema,
  supergraphSdl: string,
): (costed: CostedOperation) => void {
  const { costMax, costListSizeAssumed } = options;
  if (costMax === 0) return () => undefined;
  const rules = readCostRules(supergraphSdl);
  const costs = new WeakMap<OperationDefinitionNode, Cost>();
  return ({ document, operation, variables }) => {
    let cost = costs.get(operation);
    if (cost === undefined) {
      cost = compileCost(operation, { schema, document, rules, listSizeAssumed: costListSizeAssumed });
      costs.set(operation, cost);
    }
    const found = readCost(cost, variables);
    if (found <= costMax) return;
    throw new RequestError(
      'COST_LIMIT',
      `The operation's estimated cost is ${found}; the limit is ${costMax}. Ask for shorter lists or fewer levels.`,
    );
  };
}
