import { Kind, type InlineFragmentNode, type SelectionNode, type SelectionSetNode } from 'graphql';

import type { Required } from './compiled-plan.ts';
import type { PlannedFetch } from './planned-fetch.ts';
import type { FieldPaths, SubgraphRequirements } from './subgraph-requirements.ts';

/** A selection of an entity under the type conditions around it. */
interface Part {
  readonly fragments: readonly InlineFragmentNode[];
  readonly selection: SelectionNode;
  /** What its `@requires` reads. */
  readonly required: FieldPaths;
}

/**
 * Makes an entity fetch several, by what its fields require: those that need the key alone, with the key alone, and
 * those of each `@requires`, with the key and its fields. Else an entity that lacks a field which one selection
 * requires would not be asked for the others, and two `@requires` with other arguments of one field would get one
 * value. Where they are ready at the same moment, they are joined into one request again.
 */
export function splitByRequirements(
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
  if (fetch.requires === undefined) return [fetch];
  const parts = listParts(fetch.selectionSet, [], fetch.service, requirements);
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const name = [...part.required].sort().join(' ');
    groups.set(name, [...(groups.get(name) ?? []), part]);
  }
  joinTypeNames(groups);
  if (groups.size < 2) return [fetch];
  const requires = fetch.requires;
  const requiredByAny = new Set(parts.flatMap(({ required }) => [...required]));
  const key = chooseKey(fetch, parts, requiredByAny, requirements);
  return [...groups.values()].map((group) => {
    const required = group[0]?.required ?? new Set();
    const isKept = (path: string): boolean =>
      required.has(path) || key.has(path) || !requiredByAny.has(path) || path.endsWith('__typename');
    return {
      ...fetch,
      selectionSet: buildSelectionSet(group),
      requires: keep(requires, '', isKept),
      // A request less is worth more than a part that starts earlier.
      waitsFor: requires,
    };
  });
}

/** Puts `__typename` to another group where nothing else is asked by the key alone: it is no reason for a list. */
function joinTypeNames(groups: Map<string, Part[]>): void {
  const plain = groups.get('') ?? [];
  const isTypeName = ({ selection }: Part): boolean =>
    selection.kind === Kind.FIELD && selection.name.value === '__typename';
  if (groups.size < 2 || !plain.every(isTypeName)) return;
  groups.delete('');
  const [first] = groups.values();
  first?.push(...plain);
}

function listParts(
  set: SelectionSetNode,
  fragments: readonly InlineFragmentNode[],
  service: string,
  requirements: SubgraphRequirements,
): Part[] {
  return set.selections.flatMap((selection) => {
    if (selection.kind === Kind.INLINE_FRAGMENT)
      return listParts(selection.selectionSet, [...fragments, selection], service, requirements);
    const typeName = fragments.at(-1)?.typeCondition?.name.value ?? '';
    const fieldName = selection.name.value;
    return [{ fragments, selection, required: requirements.requiredBy(service, typeName, fieldName) }];
  });
}

/**
 * The paths that stay in every representation because they are its key: a key that no `@requires` names, if the
 * representation has one, else all of its keys.
 */
function chooseKey(
  fetch: PlannedFetch,
  parts: readonly Part[],
  requiredByAny: FieldPaths,
  requirements: SubgraphRequirements,
): FieldPaths {
  const paths = new Set<string>();
  addPaths(fetch.requires ?? [], '', paths);
  const typeNames = new Set(parts.map(({ fragments }) => fragments.at(-1)?.typeCondition?.name.value ?? ''));
  const keys = [...typeNames]
    .flatMap((typeName) => requirements.keysOf(fetch.service, typeName))
    .filter((key) => [...key].every((path) => paths.has(path)));
  const free = keys.filter((key) => ![...key].some((path) => requiredByAny.has(path)));
  return new Set((free.length > 0 ? free : keys).flatMap((key) => [...key]));
}

function addPaths(requires: readonly Required[], parent: string, paths: Set<string>): void {
  for (const entry of requires) {
    const path = entry.kind === 'field' ? `${parent}${entry.key}` : parent;
    if (entry.kind === 'field') paths.add(path);
    addPaths(entry.requires ?? [], entry.kind === 'field' ? `${path}.` : parent, paths);
  }
}

function keep(
  requires: readonly Required[],
  parent: string,
  isKept: (path: string) => boolean,
): readonly Required[] {
  return requires.flatMap((entry): readonly Required[] => {
    if (entry.kind === 'fragment') return [{ ...entry, requires: keep(entry.requires, parent, isKept) }];
    const path = `${parent}${entry.key}`;
    if (!isKept(path)) return [];
    if (entry.requires === undefined) return [entry];
    return [{ ...entry, requires: keep(entry.requires, `${path}.`, isKept) }];
  });
}

/** Puts the selections back under their type conditions, those of one condition together. */
function buildSelectionSet(parts: readonly Part[]): SelectionSetNode {
  const byFragments = new Map<string, { fragments: Part['fragments']; selections: SelectionNode[] }>();
  for (const { fragments, selection } of parts) {
    const name = fragments.map(({ typeCondition }) => typeCondition?.name.value).join(' ');
    const known = byFragments.get(name);
    if (known === undefined) byFragments.set(name, { fragments, selections: [selection] });
    else known.selections.push(selection);
  }
  return {
    kind: Kind.SELECTION_SET,
    selections: [...byFragments.values()].flatMap(({ fragments, selections }) =>
      fragments.reduceRight<readonly SelectionNode[]>(
        (inner, fragment) => [{ ...fragment, selectionSet: { kind: Kind.SELECTION_SET, selections: inner } }],
        selections,
      ),
    ),
  };
}
