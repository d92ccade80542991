import { Kind, type InlineFragmentNode, type SelectionNode } from 'graphql';

import type { Required } from './compiled-plan.ts';
import type { PlannedFetch } from './planned-fetch.ts';
import type { SubgraphRequirements } from './subgraph-requirements.ts';

/** A place in a representation (dotted, by the names that are sent) and the keys that would have to stand there. */
type Places = ReadonlyMap<string, ReadonlySet<string>>;

/** A selection of an entity, with what it requires at the places that are in conflict. */
interface Part {
  readonly fragment: InlineFragmentNode;
  readonly selection: SelectionNode;
  /** Key by place. */
  readonly needs: ReadonlyMap<string, string>;
}

interface Group {
  readonly parts: Part[];
  readonly needs: Map<string, string>;
}

/**
 * Makes a fetch several where its representation would need two values under one name, as with
 * `@requires(fields: "price(currency: USD)")` on one field and `price(currency: EUR)` on another. Each of them has
 * the key and what its own fields require.
 */
export function splitVariants(
  fetches: readonly PlannedFetch[],
  requirements: SubgraphRequirements,
): readonly PlannedFetch[] {
  const split = fetches.map((fetch) => splitFetch(fetch, requirements));
  if (split.every((parts) => parts.length === 1)) return fetches;
  const positions: number[][] = [];
  let next = 0;
  for (const parts of split) {
    positions.push(parts.map((_, index) => next + index));
    next += parts.length;
  }
  return split
    .flat()
    .map((fetch) => ({ ...fetch, before: fetch.before.flatMap((old) => positions[old] ?? []) }));
}

function splitFetch(fetch: PlannedFetch, requirements: SubgraphRequirements): readonly PlannedFetch[] {
  const conflicts = listConflicts(fetch.requires ?? []);
  if (conflicts.size === 0) return [fetch];
  const groups: Group[] = [];
  for (const part of listParts(fetch, conflicts, requirements)) {
    const fitting = groups.find(({ needs }) =>
      [...part.needs].every(([place, key]) => (needs.get(place) ?? key) === key),
    );
    const group = fitting ?? { parts: [], needs: new Map<string, string>() };
    if (fitting === undefined) groups.push(group);
    group.parts.push(part);
    for (const [place, key] of part.needs) group.needs.set(place, key);
  }
  return groups.map(({ parts, needs }) => ({
    ...fetch,
    selectionSet: {
      kind: Kind.SELECTION_SET,
      selections: parts.map(({ fragment, selection }) => ({
        ...fragment,
        selectionSet: { kind: Kind.SELECTION_SET, selections: [selection] },
      })),
    },
    requires: keepNeeded(fetch.requires ?? [], '', conflicts, needs),
  }));
}

/** The places at which a representation would need more than one value. */
function listConflicts(requires: readonly Required[]): Places {
  const places = new Map<string, Set<string>>();
  const walk = (entries: readonly Required[], parent: string): void => {
    for (const entry of entries) {
      if (entry.kind === 'fragment') walk(entry.requires, parent);
      else {
        const place = `${parent}${entry.sendAs}`;
        places.set(place, (places.get(place) ?? new Set()).add(entry.key));
        walk(entry.requires ?? [], `${place}.`);
      }
    }
  };
  walk(requires, '');
  return new Map([...places].filter(([, keys]) => keys.size > 1));
}

function listParts(fetch: PlannedFetch, conflicts: Places, requirements: SubgraphRequirements): Part[] {
  return fetch.selectionSet.selections.flatMap((fragment) => {
    if (fragment.kind !== Kind.INLINE_FRAGMENT) return [];
    const typeName = fragment.typeCondition?.name.value ?? '';
    return fragment.selectionSet.selections.map((selection) => ({
      fragment,
      selection,
      needs: listNeeds(selection, typeName, fetch.service, conflicts, requirements),
    }));
  });
}

function listNeeds(
  selection: SelectionNode,
  typeName: string,
  service: string,
  conflicts: Places,
  requirements: SubgraphRequirements,
): ReadonlyMap<string, string> {
  if (selection.kind === Kind.FRAGMENT_SPREAD) return new Map();
  if (selection.kind === Kind.INLINE_FRAGMENT) {
    const inner = selection.typeCondition?.name.value ?? typeName;
    return new Map(
      selection.selectionSet.selections.flatMap((entry) => [
        ...listNeeds(entry, inner, service, conflicts, requirements),
      ]),
    );
  }
  const needs = new Map<string, string>();
  const required = requirements.requiredBy(service, typeName, selection.name.value);
  for (const [place, keys] of conflicts)
    for (const key of keys) {
      const parent = place.slice(0, place.lastIndexOf('.') + 1);
      if (required.has(`${parent}${key}`)) needs.set(place, key);
    }
  return needs;
}

/** A representation's parts without the variants that a group of fields does not need. */
function keepNeeded(
  requires: readonly Required[],
  parent: string,
  conflicts: Places,
  needs: ReadonlyMap<string, string>,
): readonly Required[] {
  return requires.flatMap((entry): readonly Required[] => {
    if (entry.kind === 'fragment')
      return [{ ...entry, requires: keepNeeded(entry.requires, parent, conflicts, needs) }];
    const place = `${parent}${entry.sendAs}`;
    if (conflicts.has(place) && needs.get(place) !== entry.key) return [];
    if (entry.requires === undefined) return [entry];
    return [{ ...entry, requires: keepNeeded(entry.requires, `${place}.`, conflicts, needs) }];
  });
}
