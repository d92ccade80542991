import type { FieldNode, GraphQLCompositeType, GraphQLOutputType } from 'graphql';

/** A field that the client asked for, conditions (`@skip`, `@include`) already decided. */
export interface FieldSelection {
  readonly kind: 'field';
  /** The client's name for it in the answer. */
  readonly responseName: string;
  /** The gateway's name for it, in subgraph requests and in the data they answer. */
  readonly key: string;
  readonly fieldName: string;
  readonly parentType: GraphQLCompositeType;
  readonly type: GraphQLOutputType;
  /** Arguments (sorted by name) and directives as GraphQL text, or ''. */
  readonly argumentsText: string;
  /** Absent on leaves. */
  readonly selections?: readonly Selection[];
  /** The client's own node, on `__schema` and `__type`, which are answered locally. */
  readonly introspection?: FieldNode;
}

/** A fragment with a type condition; fragments without one are dissolved into their parent. */
export interface FragmentSelection {
  readonly kind: 'fragment';
  readonly typeCondition: GraphQLCompositeType;
  readonly selections: readonly Selection[];
}

export type Selection = FieldSelection | FragmentSelection;

/** An operation in the form that is planned, beside the form in which the client wants its answer. */
export interface NormalisedOperation {
  readonly kind: 'query' | 'mutation';
  readonly name: string | undefined;
  readonly rootType: GraphQLCompositeType;
  /** What the client asked for, in the client's order and with its names. */
  readonly selections: readonly Selection[];
  /** What is planned: gateway names, merged, without aliases of the client's; '' when everything is local. */
  readonly text: string;
  /** The root fields in `text`. */
  readonly rootFields: readonly { readonly key: string; readonly fieldName: string }[];
  /** Client's variable name by its name in `text`, for the few that had to be renamed. */
  readonly renamedVariables: ReadonlyMap<string, string>;
}
