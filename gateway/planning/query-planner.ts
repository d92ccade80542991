import { stripVTControlCharacters } from 'node:util';

import { operationFromDocument, Supergraph, type Operation, type Schema } from '@apollo/federation-internals';
import { prettyFormatQueryPlan, QueryPlanner, type QueryPlan } from '@apollo/query-planner';
import {
  buildASTSchema,
  GraphQLError,
  isAbstractType,
  parse,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';

import { prepareSupergraph } from '../supergraph/prepare-supergraph.ts';
import { compilePlan, type CompileContext } from './compile-plan.ts';
import type { CompiledPlan } from './compiled-plan.ts';
import { hoistInterfaceFields } from './hoist-interface-fields.ts';
import { OperationPlanError } from './plan-error.ts';
import type { RootField } from './planner.ts';
import { readRequirements } from './subgraph-requirements.ts';
import { describeSupergraph, type SupergraphDescription } from './supergraph-description.ts';

/** The plan of one operation. */
export interface PlannedOperation {
  readonly plan: CompiledPlan;
  /** Apollo's plan, printed; only when asked for. */
  readonly apolloPlan?: string;
}

/** Plans operations against one supergraph, on the thread that calls it. */
export interface OperationPlanner {
  readonly description: SupergraphDescription;
  /**
   * Plans a normalised operation. `rootFields` are those that the plan must fetch.
   * Throws an `OperationPlanError` when there is no plan for it.
   */
  plan(text: string, rootFields: readonly RootField[], options?: PlanOptions): PlannedOperation;
}

/** How an operation is planned. */
export interface PlanOptions {
  /** The labels of `@override` that are true; all others are false. Default: those that say `percent(100)`. */
  readonly trueLabels?: readonly string[];
  /** Whether Apollo's plan is printed. Default: no. */
  readonly withApolloPlan?: boolean;
}

/** Makes a planner. Throws what federation-internals throws when the supergraph is not one. */
export function createOperationPlanner(supergraphSdl: string): OperationPlanner {
  const description = describeOriginal(supergraphSdl);
  const prepared = prepareSupergraph(supergraphSdl);
  const document = parse(prepared.sdl, { noLocation: true });
  // What was replaced by virtual fields may look unused, and unused is invalid; the original has been validated.
  const supergraph = Supergraph.build(document, { validateSupergraph: false });
  const planner = new QueryPlanner(supergraph, {
    // Plans without named fragments can be taken apart and joined.
    reuseQueryFragments: false,
    generateQueryFragments: false,
    // Ours is the cache; the planner's own is never read.
    exposeDocumentNodeInFetchNode: false,
  });
  const apiSchema = supergraph.apiSchema();
  const schema = buildASTSchema(document, { assumeValidSDL: true });
  const context: CompileContext = {
    schema,
    typeNamesOf: makeTypeNamesOf(schema),
    virtualFields: prepared.virtualFields,
    requirements: readRequirements(document),
  };
  const labelsOfAll = description.overrideLabels.filter(({ percent }) => percent === 100);
  const trueByThemselves = labelsOfAll.map(({ label }) => label);
  return {
    description,
    plan(text, rootFields, { trueLabels = trueByThemselves, withApolloPlan = false } = {}) {
      const document = parse(text, { noLocation: true });
      const hoisted = hoistInterfaceFields(document, schema, context.requirements);
      // What is not named is false to the planner.
      const overrideConditions = new Map(trueLabels.map((label) => [label, true]));
      const { operation, apolloPlan } = buildPlan(planner, apiSchema, hoisted, overrideConditions);
      const root = apolloPlan.node;
      if (root?.kind === 'Subscription')
        throw new OperationPlanError(
          'OPERATION_PLAN_FAILED',
          'Subscriptions cannot be planned as an operation with one answer.',
        );
      const kind = operation.rootKind === 'mutation' ? 'mutation' : 'query';
      const plan = compilePlan(kind, root, context);
      checkRootFields(plan, rootFields);
      return { plan, ...(withApolloPlan && { apolloPlan: prettyFormatQueryPlan(apolloPlan) }) };
    },
  };
}

function describeOriginal(supergraphSdl: string): SupergraphDescription {
  const supergraph = Supergraph.build(supergraphSdl);
  // Validates what each subgraph is, as the stock gateway would.
  supergraph.subgraphs();
  return describeSupergraph(supergraph, parse(supergraphSdl, { noLocation: true }));
}

/** Whatever the planner throws, the operation has no plan; an assertion of its own says so as much as an error does. */
function buildPlan(
  planner: QueryPlanner,
  apiSchema: Schema,
  document: DocumentNode,
  overrideConditions: Map<string, boolean>,
): { readonly operation: Operation; readonly apolloPlan: QueryPlan } {
  try {
    // It has rules of its own: a number like 1e400, valid GraphQL, is none that could be sent.
    const operation = operationFromDocument(apiSchema, document);
    return { operation, apolloPlan: planner.buildQueryPlan(operation, { overrideConditions }) };
  } catch (error) {
    // It prints some values in the colours of a terminal.
    const reason = stripVTControlCharacters(error instanceof Error ? error.message : String(error));
    const message =
      error instanceof GraphQLError ? reason : `The planner found no way to answer the operation: ${reason}`;
    throw new OperationPlanError('OPERATION_PLAN_FAILED', message);
  }
}

/** The planner drops, without a word, a root field for which it finds no way; the client would read `null`. */
function checkRootFields(plan: CompiledPlan, rootFields: readonly RootField[]): void {
  const fetched = new Set(plan.steps.flatMap((step) => (step.kind === 'root' ? step.rootKeys : [])));
  const missing = rootFields.filter(({ key }) => !fetched.has(key));
  if (missing.length > 0)
    throw new OperationPlanError(
      'OPERATION_PLAN_FAILED',
      `No subgraph can answer ${missing.map(({ fieldName }) => `"${fieldName}"`).join(', ')} as requested.`,
    );
}

function makeTypeNamesOf(schema: GraphQLSchema): CompileContext['typeNamesOf'] {
  const known = new Map<string, readonly string[]>();
  return (typeCondition) => {
    let names = known.get(typeCondition);
    if (names === undefined) {
      const type = schema.getType(typeCondition);
      if (isAbstractType(type)) {
        const { objects, interfaces } =
          'getTypes' in type ? { objects: type.getTypes(), interfaces: [] } : schema.getImplementations(type);
        names = [typeCondition, ...objects.map(({ name }) => name), ...interfaces.map(({ name }) => name)];
      } else names = [typeCondition];
      known.set(typeCondition, names);
    }
    return names;
  };
}
