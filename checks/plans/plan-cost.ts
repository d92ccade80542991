import { buildSchema, Kind, visit, type DocumentNode } from 'graphql';

import { normaliseOperation } from '../../gateway/operation/normalise-operation.ts';
import { listFragments } from '../../gateway/operation/conditions.ts';
import type { CompiledPlan } from '../../gateway/planning/compiled-plan.ts';
import { createOperationPlanner } from '../../gateway/planning/query-planner.ts';
import { stripAuthorization } from '../../gateway/supergraph/strip-authorization.ts';
import type { KnownOperation } from '../operations/known-operation.ts';

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
  count(operation: KnownOperation): PlanCost;
  /** Undefined where the gateway answers everything itself. @throws when there is no plan for the operation. */
  plan(operation: KnownOperation): CompiledPlan | undefined;
}

/**
 * Makes a counter over the gateway's own planner, so that what is counted is what the gateway sends. Building the query
 * graphs takes most of the time, so it is done once per supergraph.
 */
export function createPlanCounter(supergraphSdl: string): PlanCounter {
  // What says who may see what comes before every plan, and the planner knows nothing of it.
  const planner = createOperationPlanner(stripAuthorization(supergraphSdl));
  const schema = buildSchema(planner.description.apiSdl, { assumeValidSDL: true });
  const fieldNames = new Set(planner.description.fieldNames);
  const plan = ({ operation, document }: KnownOperation): CompiledPlan | undefined => {
    const { text, rootFields } = normaliseOperation({
      operation,
      fragments: listFragments(document),
      schema,
      fieldNames,
      conditions: includeAll(document),
    });
    // Without a field for a subgraph everything is answered by the gateway.
    return text === '' ? undefined : planner.plan(text, rootFields).plan;
  };
  return { plan, count: (operation) => countPlan(plan(operation)?.steps ?? []) };
}

/** Values of variables with which every part of the operation is asked for: what it costs at most. */
function includeAll(document: DocumentNode): Record<string, boolean> {
  const conditions: Record<string, boolean> = {};
  visit(document, {
    Directive: ({ name, arguments: given = [] }) => {
      const value = given[0]?.value;
      if (value?.kind !== Kind.VARIABLE) return;
      if (name.value === 'include') conditions[value.name.value] = true;
      if (name.value === 'skip') conditions[value.name.value] ??= false;
    },
  });
  return conditions;
}

function countPlan(steps: CompiledPlan['steps']): PlanCost {
  const fetchesByService = new Map<string, number>();
  const depths: number[] = [];
  for (const { id, service, after } of steps) {
    fetchesByService.set(service, (fetchesByService.get(service) ?? 0) + 1);
    // A step's `after` names earlier steps only.
    depths[id] = 1 + Math.max(0, ...after.map((earlier) => depths[earlier] ?? 0));
  }
  return { fetches: steps.length, waves: Math.max(0, ...depths), fetchesByService };
}
