/**
 * A plan as the gateway runs it: frozen, plain data that can be printed, compared and sent between threads. A step
 * starts as soon as the steps in its `after` have ended; nothing else orders them.
 */
export interface CompiledPlan {
  readonly kind: 'query' | 'mutation';
  readonly steps: readonly PlanStep[];
}

export type PlanStep = RootStep | EntityStep;

interface StepBase {
  /** Index in `steps`. */
  readonly id: number;
  /** Name of the subgraph. */
  readonly service: string;
  /** Ids of the steps whose answers this one needs; always smaller than its own. */
  readonly after: readonly number[];
  readonly operationName: string | undefined;
  /** The GraphQL document that is sent. */
  readonly query: string;
  /** The operation's variables that are sent on. */
  readonly variables: readonly string[];
}

/** Asks a subgraph for root fields. */
export interface RootStep extends StepBase {
  readonly kind: 'root';
  readonly operationKind: 'query' | 'mutation';
  /** Where the answer is merged; not empty where a payload leads back to the query root. */
  readonly path: readonly string[];
  /** Keys of the root fields it asks for. */
  readonly rootKeys: readonly string[];
  readonly renames: readonly KeyRename[];
}

/** Asks a subgraph for fields of entities that are already there. */
export interface EntityStep extends StepBase {
  readonly kind: 'entities';
  readonly batches: readonly EntityBatch[];
}

/** One `_entities` field of a request: one list of representations, without duplicates, and one selection. */
export interface EntityBatch {
  /** Its name in the answer. */
  readonly key: string;
  /** Its variable with the representations. */
  readonly variable: string;
  /** The selection, as GraphQL text. */
  readonly selection: string;
  /** Keys, in the data, of the fields that an entity gets. */
  readonly fields: readonly string[];
  readonly targets: readonly EntityTarget[];
  /**
   * Paths to objects of which the subgraph has told all of `fields` before, in a step that this one comes after: an
   * entity that stands there too need not be asked for again. None in a mutation.
   */
  readonly known: readonly (readonly string[])[];
  readonly renames: readonly KeyRename[];
}

/** Where entities of a batch stand in the data. */
export interface EntityTarget {
  /** Keys from the root; `@` is every item of a list. */
  readonly path: readonly string[];
  readonly requires: readonly Required[];
  readonly overrides: readonly ValueOverride[];
}

/** What is read from an entity for its representation. */
export type Required = RequiredField | RequiredFragment;

export interface RequiredField {
  readonly kind: 'field';
  /** Where it stands in the data. */
  readonly key: string;
  /** Its name in the representation. */
  readonly sendAs: string;
  readonly requires?: readonly Required[];
}

export interface RequiredFragment {
  readonly kind: 'fragment';
  readonly typeCondition: string;
  /** Every `__typename` that fulfils the condition. */
  readonly typeNames: readonly string[];
  readonly requires: readonly Required[];
}

/** One hop of a rewrite's path: into a field, or into those objects only that have one of these types. */
export type RewriteHop =
  | { readonly kind: 'field'; readonly key: string }
  | { readonly kind: 'type'; readonly typeNames: readonly string[] };

/** Renames a key of an answer: the planner asks under an alias where two types' fields of one name cannot merge. */
export interface KeyRename {
  readonly path: readonly RewriteHop[];
  readonly from: string;
  readonly to: string;
}

/** Sets a value in a representation: an interface object is asked for under its interface's name. */
export interface ValueOverride {
  readonly path: readonly RewriteHop[];
  readonly key: string;
  readonly value: unknown;
}
