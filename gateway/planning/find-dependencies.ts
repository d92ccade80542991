import { Kind, type SelectionSetNode } from 'graphql';

import type { Required } from './compiled-plan.ts';
import type { PlannedFetch } from './planned-fetch.ts';

/**
 * Finds, for each fetch, the fetches whose data it needs: those before it in Apollo's plan that write a part of its
 * path or of its required fields. Apollo's nesting says less: it makes a fetch wait for all that stand before it.
 * The result leaves out what follows from the rest, so that equal needs are equal lists.
 */
export function findDependencies(fetches: readonly PlannedFetch[]): readonly (readonly number[])[] {
  const written = fetches.map(listWritten);
  const direct: number[][] = [];
  // Everything that a fetch needs, at any distance.
  const all: Set<number>[] = [];
  fetches.forEach((fetch, position) => {
    const read = listRead(fetch);
    const needed = fetch.before.filter(
      (other) =>
        // Mutations run in order, whatever they write.
        fetch.operationKind === 'mutation' || read.some((place) => written[other]?.has(place) === true),
    );
    const indirect = new Set(needed.flatMap((other) => [...(all[other] ?? [])]));
    all[position] = new Set([...needed, ...indirect]);
    direct[position] = needed.filter((other) => !indirect.has(other));
  });
  return direct;
}

/** The places, as dotted paths without list marks and type conditions, that a fetch writes. */
export function listWritten(fetch: PlannedFetch): ReadonlySet<string> {
  const places = new Set<string>();
  addSelected(fetch.selectionSet, withoutLists(fetch.path), places);
  for (const { path, to } of fetch.renames) {
    const hops = path.flatMap((hop) => (hop.kind === 'field' ? [hop.key] : []));
    places.add(join([...withoutLists(fetch.path), ...hops, to]));
  }
  return places;
}

function addSelected(set: SelectionSetNode, path: readonly string[], places: Set<string>): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FRAGMENT_SPREAD) continue;
    const inner = node.kind === Kind.FIELD ? [...path, (node.alias ?? node.name).value] : path;
    if (node.kind === Kind.FIELD) places.add(join(inner));
    if (node.selectionSet !== undefined) addSelected(node.selectionSet, inner, places);
  }
}

/** The places that a fetch reads: its path, and what it requires. */
export function listRead(fetch: PlannedFetch): readonly string[] {
  const path = withoutLists(fetch.path);
  const places = path.map((_, index) => join(path.slice(0, index + 1)));
  const addRequired = (requires: readonly Required[], parent: readonly string[]): void => {
    for (const required of requires) {
      const inner = required.kind === 'field' ? [...parent, required.key] : parent;
      if (required.kind === 'field') places.push(join(inner));
      addRequired(required.requires ?? [], inner);
    }
  };
  addRequired(fetch.waitsFor ?? fetch.requires ?? [], path);
  return places;
}

function withoutLists(path: readonly string[]): readonly string[] {
  return path.filter((hop) => hop !== '@');
}

function join(path: readonly string[]): string {
  return path.join('.');
}
