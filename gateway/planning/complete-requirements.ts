import {
  Kind,
  print,
  type FieldNode,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
} from 'graphql';

import type { Required } from './compiled-plan.ts';
import { listRead, listWritten } from './find-dependencies.ts';
import type { TypeNamesOf } from './list-fetches.ts';
import { listMisplaced, type CompletionContext, type Misplaced } from './misplaced-fields.ts';
import type { PlannedFetch } from './planned-fetch.ts';
import type { FieldPaths, SubgraphRequirements } from './subgraph-requirements.ts';

// Each round mends one field; a plan has seldom more than one of these.
const roundsMax = 50;

/**
 * Gives a field with a `@requires` an entity fetch of its own where the planner asks for it inside of another fetch to
 * the same subgraph, without a representation: that happens when another field's `@requires` reads it. The new fetch
 * waits for the fetches that bring the required fields, and those that read the field wait for it. Where the planner
 * took a required field from the subgraph that knows it as `@external` alone, a fetch from its owner is added first.
 */
export function completeRequirements(
  fetches: readonly PlannedFetch[],
  context: CompletionContext,
): readonly PlannedFetch[] {
  let current = fetches;
  for (let round = 0; round < roundsMax; round++) {
    const mended = listMisplaced(current, context)
      .map((misplaced) => mend(current, misplaced, context) ?? provide(current, misplaced, context))
      .find((list) => list !== undefined);
    if (mended === undefined) return current;
    current = mended;
  }
  return current;
}

/** The list with the field in a fetch of its own; undefined where nothing brings what it requires. */
function mend(
  fetches: readonly PlannedFetch[],
  misplaced: Misplaced,
  { requirements, typeNamesOf }: CompletionContext,
): readonly PlannedFetch[] | undefined {
  const { position, set, field, typeName, path, required } = misplaced;
  const source = fetches[position];
  const [key] = source === undefined ? [] : requirements.keysOf(source.service, typeName);
  if (source === undefined || key === undefined) return undefined;
  const place = path.filter((hop) => hop !== '@');
  const fieldPlace = [...place, (field.alias ?? field.name).value].join('.');
  const providers = findProviders(fetches, misplaced, [...required], requirements);
  if (providers === undefined) return undefined;
  const selectionSet = replaceSet(source.selectionSet, set, withKey(set, field, key));
  const added = fetchEntity(source, source.service, misplaced, field, [...key, ...required], typeNamesOf);
  const list = fetches.map((fetch, index) =>
    index === position ? withSelection(fetch, selectionSet) : fetch,
  );
  return insertAfter(list, Math.max(position, ...providers), added, fieldPlace);
}

/**
 * The list with a fetch for a required field that nobody brings, because the planner took it from the subgraph at hand,
 * where it is `@external`. Undefined where there is none, or no subgraph can be asked for it.
 */
function provide(
  fetches: readonly PlannedFetch[],
  misplaced: Misplaced,
  { requirements, typeNamesOf }: CompletionContext,
): readonly PlannedFetch[] | undefined {
  const { position, set, typeName, path, required } = misplaced;
  const source = fetches[position];
  if (source === undefined) return undefined;
  for (const name of required) {
    const taken = set.selections.find(
      (node) => node.kind === Kind.FIELD && !node.alias && node.name.value === name,
    );
    if (taken?.kind !== Kind.FIELD || !requirements.isExternal(source.service, typeName, name)) continue;
    if (findProviders(fetches, misplaced, [name], requirements) !== undefined) continue;
    for (const service of requirements.ownersOf(typeName, name)) {
      const own = requirements.requiredBy(service, typeName, name);
      for (const key of requirements.keysOf(service, typeName)) {
        const providers = findProviders(fetches, misplaced, [...key, ...own], requirements);
        if (providers === undefined) continue;
        const added = fetchEntity(source, service, misplaced, taken, [...key, ...own], typeNamesOf);
        const without = { ...set, selections: set.selections.filter((node) => node !== taken) };
        const selectionSet = replaceSet(source.selectionSet, set, without);
        const list = fetches.map((fetch, index) =>
          index === position ? withSelection(fetch, selectionSet) : fetch,
        );
        const place = path.filter((hop) => hop !== '@');
        return insertAfter(list, Math.max(position, ...providers), added, [...place, name].join('.'));
      }
    }
  }
  return undefined;
}

/** A fetch of one field of the entities at a place. */
function fetchEntity(
  source: PlannedFetch,
  service: string,
  { typeName, path }: Misplaced,
  field: FieldNode,
  required: readonly string[],
  typeNamesOf: TypeNamesOf,
): PlannedFetch {
  return {
    service,
    before: [],
    path,
    operationKind: 'query',
    operationName: source.operationName,
    selectionSet: onType(typeName, [field]),
    variableDefinitions: usedVariables(source.variableDefinitions, print(field)),
    requires: [
      {
        kind: 'fragment',
        typeCondition: typeName,
        typeNames: typeNamesOf(typeName),
        requires: buildRequired(new Set(['__typename', ...required])),
      },
    ],
    overrides: [],
    renames: [],
  };
}

function withSelection(fetch: PlannedFetch, selectionSet: SelectionSetNode): PlannedFetch {
  return {
    ...fetch,
    selectionSet,
    variableDefinitions: usedVariables(fetch.variableDefinitions, print(selectionSet)),
  };
}

/**
 * The fetches that bring all required fields, none of which may itself wait for the field, or know what it is to bring
 * as another subgraph's alone.
 */
function findProviders(
  fetches: readonly PlannedFetch[],
  { field, path: fieldPath, typeName }: Misplaced,
  required: readonly string[],
  requirements: SubgraphRequirements,
): readonly number[] | undefined {
  const place = fieldPath.filter((hop) => hop !== '@');
  const fieldPlace = [...place, (field.alias ?? field.name).value].join('.');
  const providers: number[] = [];
  for (const path of required) {
    const wanted = [...place, path].join('.');
    const found = fetches.findIndex(
      (fetch) =>
        listWritten(fetch).has(wanted) &&
        !listRead(fetch).includes(fieldPlace) &&
        !requirements.isExternal(fetch.service, typeName, path),
    );
    if (found < 0) return undefined;
    providers.push(found);
  }
  return providers;
}

/** Puts a fetch into the list; those behind it that read the field wait for it. */
function insertAfter(
  fetches: readonly PlannedFetch[],
  position: number,
  added: PlannedFetch,
  fieldPlace: string,
): readonly PlannedFetch[] {
  const move = (old: number): number => (old > position ? old + 1 : old);
  const moved = fetches.map((fetch, index) => {
    const before = fetch.before.map(move);
    const waits = index > position && listRead(fetch).includes(fieldPlace);
    return { ...fetch, before: waits ? [...before, position + 1] : before };
  });
  const all = Array.from({ length: position + 1 }, (_, index) => index);
  return [...moved.slice(0, position + 1), { ...added, before: all }, ...moved.slice(position + 1)];
}

function withKey(set: SelectionSetNode, field: FieldNode, key: FieldPaths): SelectionSetNode {
  const kept = set.selections.filter((node) => node !== field);
  const names = new Set(
    kept.flatMap((node) => (node.kind === Kind.FIELD && !node.alias ? [node.name.value] : [])),
  );
  const missing = buildRequired(new Set(['__typename', ...key])).filter(
    (entry) => entry.kind === 'field' && (entry.requires !== undefined || !names.has(entry.key)),
  );
  return { ...set, selections: [...kept, ...missing.flatMap(selectRequired)] };
}

function selectRequired(entry: Required): readonly SelectionNode[] {
  if (entry.kind === 'fragment') return [];
  const selections = entry.requires?.flatMap(selectRequired);
  return [
    {
      kind: Kind.FIELD,
      name: { kind: Kind.NAME, value: entry.key },
      ...(selections && { selectionSet: { kind: Kind.SELECTION_SET, selections } }),
    },
  ];
}

function replaceSet(set: SelectionSetNode, old: SelectionSetNode, by: SelectionSetNode): SelectionSetNode {
  if (set === old) return by;
  return {
    ...set,
    selections: set.selections.map((node) =>
      node.kind === Kind.FRAGMENT_SPREAD || node.selectionSet === undefined
        ? node
        : { ...node, selectionSet: replaceSet(node.selectionSet, old, by) },
    ),
  };
}

function onType(typeName: string, selections: readonly SelectionNode[]): SelectionSetNode {
  return {
    kind: Kind.SELECTION_SET,
    selections: [
      {
        kind: Kind.INLINE_FRAGMENT,
        typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typeName } },
        selectionSet: { kind: Kind.SELECTION_SET, selections },
      },
    ],
  };
}

/** A field set as required fields, from the dotted paths of all its fields. */
function buildRequired(paths: FieldPaths): readonly Required[] {
  const top = [...paths].filter((path) => !path.includes('.'));
  return top.map((key) => {
    const inner = [...paths].flatMap((path) =>
      path.startsWith(`${key}.`) ? [path.slice(key.length + 1)] : [],
    );
    const field = { kind: 'field', key, sendAs: key } as const;
    return inner.length === 0 ? field : { ...field, requires: buildRequired(new Set(inner)) };
  });
}

function usedVariables(
  definitions: readonly VariableDefinitionNode[],
  text: string,
): readonly VariableDefinitionNode[] {
  return definitions.filter(({ variable }) => new RegExp(String.raw`\$${variable.name.value}\b`).test(text));
}
