import {
  getNamedType,
  isCompositeType,
  isListType,
  isNonNullType,
  Kind,
  print,
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionNode,
  type SelectionSetNode,
  type VariableDefinitionNode,
} from 'graphql';

import type { Required } from './compiled-plan.ts';
import { listRead, listWritten } from './find-dependencies.ts';
import type { TypeNamesOf } from './list-fetches.ts';
import type { PlannedFetch } from './planned-fetch.ts';
import type { FieldPaths, SubgraphRequirements } from './subgraph-requirements.ts';

/** What the pass needs to know of the supergraph. */
export interface CompletionContext {
  readonly schema: GraphQLSchema;
  readonly typeNamesOf: TypeNamesOf;
  readonly requirements: SubgraphRequirements;
}

/** A field with a `@requires` that is asked for without what it requires. */
interface Misplaced {
  readonly position: number;
  /** The set that has it, so that it can be found again. */
  readonly set: SelectionSetNode;
  readonly field: FieldNode;
  readonly typeName: string;
  readonly path: readonly string[];
  readonly required: FieldPaths;
}

// Each round mends one field; a plan has seldom more than one of these.
const roundsMax = 50;

/**
 * Gives a field with a `@requires` an entity fetch of its own where the planner asks for it inside of another fetch to
 * the same subgraph, without a representation: that happens when another field's `@requires` reads it. The new fetch
 * waits for the fetches that bring the required fields, and those that read the field wait for it.
 */
export function completeRequirements(
  fetches: readonly PlannedFetch[],
  context: CompletionContext,
): readonly PlannedFetch[] {
  let current = fetches;
  for (let round = 0; round < roundsMax; round++) {
    const mended = listMisplaced(current, context)
      .map((misplaced) => mend(current, misplaced, context))
      .find((list) => list !== undefined);
    if (mended === undefined) return current;
    current = mended;
  }
  return current;
}

function listMisplaced(
  fetches: readonly PlannedFetch[],
  { schema, requirements }: CompletionContext,
): Misplaced[] {
  return fetches.flatMap((fetch, position) => {
    const found: Misplaced[] = [];
    const walk = (
      set: SelectionSetNode,
      type: GraphQLCompositeType | undefined,
      path: readonly string[],
      isEntity: boolean,
    ): void => {
      for (const node of set.selections) {
        if (node.kind === Kind.FRAGMENT_SPREAD) continue;
        if (node.kind === Kind.INLINE_FRAGMENT) {
          const named = schema.getType(node.typeCondition?.name.value ?? '');
          walk(node.selectionSet, isCompositeType(named) ? named : type, path, isEntity);
          continue;
        }
        if (type === undefined) continue;
        const required = requirements.requiredBy(fetch.service, type.name, node.name.value);
        if (required.size > 0 && !isEntity)
          found.push({ position, set, field: node, typeName: type.name, path, required });
        const fieldType = 'getFields' in type ? type.getFields()[node.name.value]?.type : undefined;
        if (node.selectionSet === undefined || fieldType === undefined) continue;
        const named = getNamedType(fieldType);
        const inner = [...path, (node.alias ?? node.name).value, ...listMarks(fieldType)];
        walk(node.selectionSet, isCompositeType(named) ? named : undefined, inner, false);
      }
    };
    const root = fetch.requires === undefined ? schema.getQueryType() : undefined;
    const rootType = fetch.operationKind === 'mutation' ? schema.getMutationType() : root;
    walk(fetch.selectionSet, rootType ?? undefined, fetch.path, fetch.requires !== undefined);
    return found;
  });
}

function listMarks(type: GraphQLOutputType): readonly string[] {
  if (isNonNullType(type)) return listMarks(type.ofType);
  return isListType(type) ? ['@', ...listMarks(type.ofType)] : [];
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
  const providers = findProviders(fetches, place, [...required], fieldPlace);
  if (providers === undefined) return undefined;
  const selectionSet = replaceSet(source.selectionSet, set, withKey(set, field, key));
  const added: PlannedFetch = {
    service: source.service,
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
        requires: buildRequired(new Set(['__typename', ...key, ...required])),
      },
    ],
    overrides: [],
    renames: [],
  };
  const changed: PlannedFetch = {
    ...source,
    selectionSet,
    variableDefinitions: usedVariables(source.variableDefinitions, print(selectionSet)),
  };
  const list = fetches.map((fetch, index) => (index === position ? changed : fetch));
  return insertAfter(list, Math.max(position, ...providers), added, fieldPlace);
}

/** The fetches that bring all required fields, none of which may itself wait for the field. */
function findProviders(
  fetches: readonly PlannedFetch[],
  place: readonly string[],
  required: readonly string[],
  fieldPlace: string,
): readonly number[] | undefined {
  const providers: number[] = [];
  for (const path of required) {
    const wanted = [...place, path].join('.');
    const found = fetches.findIndex(
      (fetch) => listWritten(fetch).has(wanted) && !listRead(fetch).includes(fieldPlace),
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
