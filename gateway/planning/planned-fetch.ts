import type { SelectionSetNode, VariableDefinitionNode } from 'graphql';

import type { KeyRename, Required, ValueOverride } from './compiled-plan.ts';

/** A fetch of Apollo's plan, taken out of its nesting. The passes of `compilePlan` work on a list of these. */
export interface PlannedFetch {
  readonly service: string;
  /** Positions, in the list, of the fetches that Apollo's plan has ended before this one starts. */
  readonly before: readonly number[];
  readonly path: readonly string[];
  readonly operationKind: 'query' | 'mutation';
  readonly operationName: string | undefined;
  /** Of an entity fetch: what is asked of each entity. */
  readonly selectionSet: SelectionSetNode;
  /** Without the representations. */
  readonly variableDefinitions: readonly VariableDefinitionNode[];
  /** Absent on a fetch of root fields. */
  readonly requires?: readonly Required[];
  /** What it waits for, where that is more than it requires itself: parts of one fetch are sent together. */
  readonly waitsFor?: readonly Required[];
  readonly overrides: readonly ValueOverride[];
  readonly renames: readonly KeyRename[];
}
