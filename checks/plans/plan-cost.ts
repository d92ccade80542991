import { operationFromDocument, Supergraph, type Schema } from '@apollo/federation-internals';
import { QueryPlanner, type PlanNode, type QueryPlan, type SubscriptionNode } from '@apollo/query-planner';
import type { DocumentNode } from 'graphql';

/** What a plan costs before anything is measured. */
export interface PlanCost {
  /** Requests to subgraphs. */
  readonly fetches: number;
  /** Requests that have to wait for each other, in the longest chain. */
  readonly waves: number;
  readonly fetchesByService: ReadonlyMap<string, number>;
}

/** Counts the cost of operations against one supergraph. */
export interface PlanCounter {
  /** @throws when there is no plan for the operation. */
  count(document: DocumentNode): PlanCost;
}

/** Makes a counter; building the query graphs takes most of the time, so it is done once per supergraph. */
export function createPlanCounter(supergraphSdl: string): PlanCounter {
  const supergraph = Supergraph.build(supergraphSdl, { supportedFeatures: null, validateSupergraph: false });
  const planner = new QueryPlanner(supergraph, { reuseQueryFragments: false });
  const apiSchema: Schema = supergraph.apiSchema();
  return {
    count: (document) =>
      countPlan(planner.buildQueryPlan(operationFromDocument(apiSchema, document, { validate: false }))),
  };
}

function countPlan(plan: QueryPlan): PlanCost {
  const fetchesByService = new Map<string, number>();
  const waves = plan.node === undefined ? 0 : countNode(plan.node, fetchesByService);
  const fetches = [...fetchesByService.values()].reduce((sum, count) => sum + count, 0);
  return { fetches, waves, fetchesByService };
}

/** Adds the node's fetches to the map and answers how many waves it takes. */
function countNode(node: PlanNode | SubscriptionNode, fetches: Map<string, number>): number {
  switch (node.kind) {
    case 'Fetch':
      fetches.set(node.serviceName, (fetches.get(node.serviceName) ?? 0) + 1);
      return 1;
    case 'Flatten':
      return countNode(node.node, fetches);
    case 'Sequence':
      return node.nodes.reduce((waves, child) => waves + countNode(child, fetches), 0);
    case 'Parallel':
      return node.nodes.reduce((waves, child) => Math.max(waves, countNode(child, fetches)), 0);
    case 'Condition':
      return Math.max(
        node.ifClause === undefined ? 0 : countNode(node.ifClause, fetches),
        node.elseClause === undefined ? 0 : countNode(node.elseClause, fetches),
      );
    case 'Subscription':
      return countNode(node.primary, fetches) + (node.rest === undefined ? 0 : countNode(node.rest, fetches));
    default: {
      const primary = node.primary.node === undefined ? 0 : countNode(node.primary.node, fetches);
      const deferred = node.deferred.map((part) =>
        part.node === undefined ? 0 : countNode(part.node, fetches),
      );
      return primary + Math.max(0, ...deferred);
    }
  }
}
