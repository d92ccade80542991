import type { FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';

import { compileIntrospection, type AnswerIntrospection } from '../operation/answer-introspection.ts';
import type { NormalisedOperation } from '../operation/selection.ts';
import type { CompiledPlan } from '../planning/compiled-plan.ts';
import { compileProjection, type Project } from './projection/compile-projection.ts';
import type { LastRunSlot } from './last-run.ts';
import { compileRun, type RunPlan } from './run-plan.ts';

/** An operation with everything that does not change between requests. */
export interface CompiledOperation {
  readonly normalised: NormalisedOperation;
  readonly plan: CompiledPlan;
  readonly run: RunPlan;
  readonly project: Project;
  readonly introspection: AnswerIntrospection | undefined;
  readonly lastRun: LastRunSlot;
}

/** What an operation is compiled from. */
export interface OperationSource {
  readonly normalised: NormalisedOperation;
  readonly plan: CompiledPlan;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly schema: GraphQLSchema;
  readonly reuseEntityFields: boolean;
}

/** Compiles what runs for each request: the plan's steps and the writer of the answer. */
export function compileOperation({
  normalised,
  plan,
  operation,
  fragments,
  schema,
  reuseEntityFields,
}: OperationSource): CompiledOperation {
  return {
    normalised,
    plan,
    run: compileRun(plan, reuseEntityFields),
    project: compileProjection(normalised, schema, listEntityPaths(plan)),
    lastRun: { run: undefined, misses: 0 },
    introspection: compileIntrospection(normalised.selections, operation, fragments, schema),
  };
}

function listEntityPaths(plan: CompiledPlan): ReadonlySet<string> {
  const paths = plan.steps.flatMap((step) =>
    step.kind === 'entities' ? step.batches.flatMap(({ targets }) => targets.map(({ path }) => path)) : [],
  );
  return new Set(paths.map((path) => path.filter((hop) => hop !== '@').join('.')));
}
