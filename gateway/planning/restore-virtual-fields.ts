import { Kind, parse, visit, type ArgumentNode } from 'graphql';

import type { VirtualField } from '../supergraph/prepare-required-arguments.ts';
import type { Required } from './compiled-plan.ts';
import type { PlannedFetch } from './planned-fetch.ts';

/** Sends the virtual fields of the planner's supergraph under their real names (see `prepareRequiredArguments`). */
export function nameRequirements(
  fetches: readonly PlannedFetch[],
  virtualFields: ReadonlyMap<string, VirtualField>,
): readonly PlannedFetch[] {
  if (virtualFields.size === 0) return fetches;
  const rename = (requires: readonly Required[]): readonly Required[] =>
    requires.map((entry) => {
      const inner = entry.requires && { requires: rename(entry.requires) };
      return entry.kind === 'fragment'
        ? { ...entry, ...inner }
        : { ...entry, ...inner, sendAs: virtualFields.get(entry.key)?.fieldName ?? entry.sendAs };
    });
  return fetches.map((fetch) => (fetch.requires ? { ...fetch, requires: rename(fetch.requires) } : fetch));
}

/** Asks for a virtual field as what it stands for: an alias of the real field, with its arguments. */
export function restoreVirtualFields(
  fetches: readonly PlannedFetch[],
  virtualFields: ReadonlyMap<string, VirtualField>,
): readonly PlannedFetch[] {
  if (virtualFields.size === 0) return fetches;
  return fetches.map((fetch) => ({
    ...fetch,
    selectionSet: visit(fetch.selectionSet, {
      Field(node) {
        const virtual = virtualFields.get(node.name.value);
        if (virtual === undefined) return undefined;
        return {
          ...node,
          alias: node.alias ?? node.name,
          name: { kind: Kind.NAME, value: virtual.fieldName },
          arguments: parseArguments(virtual.argumentsText),
        };
      },
    }),
  }));
}

function parseArguments(text: string): readonly ArgumentNode[] {
  const definition = parse(`{ field${text} }`, { noLocation: true }).definitions[0];
  const field =
    definition?.kind === Kind.OPERATION_DEFINITION ? definition.selectionSet.selections[0] : undefined;
  return (field?.kind === Kind.FIELD && field.arguments) || [];
}
