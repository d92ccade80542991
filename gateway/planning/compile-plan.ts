import type { PlanNode } from '@apollo/query-planner';

import type { GraphQLSchema } from 'graphql';

import type { VirtualField } from '../supergraph/prepare-required-arguments.ts';
import type { CompiledPlan } from './compiled-plan.ts';
import { completeRequirements } from './complete-requirements.ts';
import { findDependencies } from './find-dependencies.ts';
import { joinFetches } from './join-fetches.ts';
import { listFetches, type TypeNamesOf } from './list-fetches.ts';
import { nameRequirements, restoreVirtualFields } from './restore-virtual-fields.ts';
import { resolveRepresentations } from './resolve-representations.ts';
import { splitByRequirements } from './split-by-requirements.ts';
import type { SubgraphRequirements } from './subgraph-requirements.ts';

/** What a compilation needs to know of the supergraph. */
export interface CompileContext {
  /** The prepared supergraph. */
  readonly schema: GraphQLSchema;
  readonly typeNamesOf: TypeNamesOf;
  readonly virtualFields: ReadonlyMap<string, VirtualField>;
  readonly requirements: SubgraphRequirements;
}

/** Compiles Apollo's plan. The order of the passes matters: each takes what the one before has made sure. */
export function compilePlan(
  kind: CompiledPlan['kind'],
  root: PlanNode | undefined,
  context: CompileContext,
): CompiledPlan {
  if (root === undefined) return { kind, steps: [] };
  const listed = listFetches(root, context.typeNamesOf);
  // Before anything else: what it adds goes through all that follows.
  const completed = completeRequirements(listed, context);
  const named = nameRequirements(completed, context.virtualFields);
  // Needs the virtual names, by which the supergraph says what a field requires.
  const split = splitByRequirements(named, context.requirements);
  const resolved = resolveRepresentations(split, context.requirements, context.typeNamesOf);
  const restored = restoreVirtualFields(resolved, context.virtualFields);
  return { kind, steps: joinFetches(restored, findDependencies(restored), context.schema) };
}
