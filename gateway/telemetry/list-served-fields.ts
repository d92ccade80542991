import { Kind, parse, type SelectionSetNode } from 'graphql';

import type { FieldSelection, NormalisedOperation, Selection } from '../operation/selection.ts';
import type { KeyRename, PlanStep } from '../planning/compiled-plan.ts';

/** What of the client's operation a step serves, as dotted paths of the client's names. */
export interface ServedFields {
  readonly paths: readonly string[];
  readonly fields: readonly string[];
}

/** A place of the client's operation: its path, and what is selected there. */
interface Place {
  readonly path: readonly string[];
  readonly selections: readonly Selection[];
}

/** Finds the client's fields that a step brings. What it fetches for others alone (keys, required fields) is none. */
export function listServedFields(step: PlanStep, operation: NormalisedOperation): ServedFields {
  const root: Place = { path: [], selections: operation.selections };
  const fields = new Set<string>();
  const paths = new Set<string>();
  const parts =
    step.kind === 'root'
      ? [{ text: step.query, renames: step.renames, targets: [step] }]
      : step.batches.map(({ selection, renames, targets }) => ({ text: selection, renames, targets }));
  for (const { text, renames, targets } of parts) {
    const selectionSet = parseSelection(text);
    for (const { path } of targets)
      for (const place of findPlaces(root, path)) {
        if (place.path.length > 0) paths.add(place.path.join('.'));
        addFields(place, selectionSet, renames, fields);
      }
  }
  return { paths: [...paths], fields: [...fields] };
}

function parseSelection(text: string): SelectionSetNode {
  const [definition] = parse(text, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error(`Expected an operation in a step, found "${text}".`);
  return definition.selectionSet;
}

function findPlaces(root: Place, path: readonly string[]): readonly Place[] {
  let places = [root];
  for (const hop of path) if (hop !== '@') places = places.flatMap((place) => descend(place, hop));
  return places;
}

/** The places under a key: one for each name under which the client asks for it. */
function descend({ path, selections }: Place, key: string): Place[] {
  const byName = new Map<string, Selection[]>();
  for (const field of listFields(selections, key)) {
    const known = byName.get(field.responseName) ?? [];
    byName.set(field.responseName, [...known, ...(field.selections ?? [])]);
  }
  return [...byName].map(([name, inner]) => ({ path: [...path, name], selections: inner }));
}

function listFields(selections: readonly Selection[], key: string): FieldSelection[] {
  return selections.flatMap((entry) =>
    entry.kind === 'fragment' ? listFields(entry.selections, key) : entry.key === key ? [entry] : [],
  );
}

function addFields(
  place: Place,
  selectionSet: SelectionSetNode,
  renames: readonly KeyRename[],
  fields: Set<string>,
): void {
  for (const node of selectionSet.selections) {
    if (node.kind === Kind.INLINE_FRAGMENT) addFields(place, node.selectionSet, renames, fields);
    if (node.kind !== Kind.FIELD) continue;
    const sent = (node.alias ?? node.name).value;
    const key = renames.find(({ from }) => from === sent)?.to ?? sent;
    // The gateway asks for `__typename` everywhere; that it did says nothing about the client's.
    if (key === '__typename') continue;
    for (const inner of descend(place, key)) {
      fields.add(inner.path.join('.'));
      if (node.selectionSet) addFields(inner, node.selectionSet, renames, fields);
    }
  }
}
