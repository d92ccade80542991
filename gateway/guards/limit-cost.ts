import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import type { GatewayConfig } from '../config/gateway-config.ts';
import { RequestError } from '../errors.ts';
import { compileCost, readCost, type Cost } from './compile-cost.ts';
import { readCostRules, type CostRules } from './cost-rules.ts';

/** A validated operation, as much as its cost needs. */
export interface CostedOperation {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

export type CostLimitOptions = Pick<GatewayConfig, 'costMax' | 'costListSizeAssumed'>;

/**
 * Makes the check of an operation's estimated cost: it throws COST_LIMIT. The formula is compiled once per operation
 * of a document and schema; `sdlOf` answers the supergraph that a schema is of.
 */
export function makeCostLimit(
  options: CostLimitOptions,
  sdlOf: (schema: GraphQLSchema) => string,
): (costed: CostedOperation) => void {
  const { costMax, costListSizeAssumed } = options;
  if (costMax === 0) return () => undefined;
  const rulesOf = new WeakMap<GraphQLSchema, CostRules>();
  const costsOf = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, Cost>>();
  const find = ({ schema, document, operation }: CostedOperation): Cost => {
    let costs = costsOf.get(schema);
    if (costs === undefined) {
      costs = new WeakMap();
      costsOf.set(schema, costs);
      rulesOf.set(schema, readCostRules(sdlOf(schema)));
    }
    let cost = costs.get(operation);
    if (cost === undefined) {
      const rules = rulesOf.get(schema) ?? { weights: new Map(), listSizes: new Map() };
      cost = compileCost(operation, { schema, document, rules, listSizeAssumed: costListSizeAssumed });
      costs.set(operation, cost);
    }
    return cost;
  };
  return (costed) => {
    const found = readCost(find(costed), costed.variables);
    if (found <= costMax) return;
    throw new RequestError(
      'COST_LIMIT',
      `The operation's estimated cost is ${found}; the limit is ${costMax}. Ask for shorter lists or fewer levels.`,
    );
  };
}
