import type { PlanErrorCode } from './plan-error.ts';
import type { RootField } from './planner.ts';
import type { SupergraphDescription } from './supergraph-description.ts';

/** What a planner's thread is started with. */
export interface PlannerThreadData {
  readonly supergraphSdl: string;
}

/** An operation to plan. A thread plans one at a time. */
export interface PlanRequest {
  readonly text: string;
  readonly rootFields: readonly RootField[];
  /** The labels of `@override` that are true. */
  readonly trueLabels: readonly string[];
}

/** What a thread says: first whether it can plan at all, then one answer to each request. */
export type PlannerMessage =
  | { readonly kind: 'ready'; readonly description: SupergraphDescription }
  | { readonly kind: 'unusable'; readonly message: string }
  /** The plan as JSON text, which costs the receiver least. */
  | { readonly kind: 'planned'; readonly json: string }
  | { readonly kind: 'failed'; readonly code: PlanErrorCode; readonly message: string }
  /** A fault of the planner, not of the operation. */
  | { readonly kind: 'broken'; readonly message: string };
