import {
  Kind,
  print,
  stripIgnoredCharacters,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';

import type {
  EntityBatch,
  EntityStep,
  EntityTarget,
  KeyRename,
  PlanStep,
  RootStep,
} from './compiled-plan.ts';
import { findKnownPlaces } from './find-known-places.ts';
import type { PlannedFetch } from './planned-fetch.ts';

/** A request to be: one fetch of root fields, or the entity fetches that were joined. */
interface StepDraft {
  readonly needed: Set<number>;
  readonly fetches: PlannedFetch[];
}

/**
 * Makes requests out of fetches. Entity fetches to one subgraph that are as many steps away from the start are one
 * request, which waits for what any of them needs: with one selection, one list of representations; else several
 * `_entities` fields. Waiting for a neighbour costs less than a request: those at one distance are ready at about the
 * same moment. A fetch that nobody waits for goes along with a later one that asks the same subgraph for the same
 * entities, or for the same of others: the answer waits for that one anyway. `schema` is the supergraph's.
 */
export function joinFetches(
  fetches: readonly PlannedFetch[],
  dependencies: readonly (readonly number[])[],
  schema: GraphQLSchema,
): readonly PlanStep[] {
  const drafts: StepDraft[] = [];
  const stepOf: number[] = [];
  const byPlace = new Map<string, number>();
  const distances = postponeLeaves(fetches, dependencies, measureDistances(dependencies));
  for (const position of sortByDistance(distances)) {
    const fetch = fetches[position];
    if (fetch === undefined) continue;
    const needed = (dependencies[position] ?? []).map((other) => stepOf[other] ?? -1);
    const place = `${distances[position]} ${fetch.service}`;
    const known = fetch.requires === undefined ? undefined : byPlace.get(place);
    stepOf[position] = known ?? drafts.length;
    const draft = known === undefined ? undefined : drafts[known];
    if (draft === undefined) {
      if (fetch.requires !== undefined) byPlace.set(place, drafts.length);
      drafts.push({ needed: new Set(needed), fetches: [fetch] });
    } else {
      draft.fetches.push(fetch);
      for (const step of needed) draft.needed.add(step);
    }
  }
  const ancestors: Set<number>[] = [];
  // What was true before a mutation may not be true after it.
  const hasMutation = fetches.some(isMutation);
  return drafts.map(({ needed, fetches: joined }, id) => {
    // Left out is what follows from the rest.
    const indirect = new Set([...needed].flatMap((step) => [...(ancestors[step] ?? [])]));
    ancestors.push(new Set([...needed, ...indirect]));
    const after = [...needed].filter((step) => !indirect.has(step)).sort((left, right) => left - right);
    const [first] = joined;
    if (first === undefined) throw new Error('Expected a request to have a fetch.');
    if (first.requires === undefined) return buildRootStep(first, id, after);
    const earlier = drafts
      .filter((_, other) => ancestors[id]?.has(other) === true)
      .flatMap((draft) => draft.fetches)
      .filter(({ service }) => service === first.service);
    return buildEntityStep(first, joined, id, after, (fetch) =>
      hasMutation ? [] : findKnownPlaces(fetch, earlier, schema),
    );
  });
}

/** How many steps lie before each fetch, on the longest way. */
function measureDistances(dependencies: readonly (readonly number[])[]): readonly number[] {
  const distances: number[] = [];
  for (const [position, needed] of dependencies.entries())
    distances[position] = Math.max(0, ...needed.map((other) => (distances[other] ?? 0) + 1));
  return distances;
}

/** Gives fetches that nobody waits for the distance of the later fetch that they can go along with. */
function postponeLeaves(
  fetches: readonly PlannedFetch[],
  dependencies: readonly (readonly number[])[],
  distances: readonly number[],
): readonly number[] {
  // A read between two mutations must not come after the second.
  if (fetches.some(isMutation)) return distances;
  const needed = new Set(dependencies.flat());
  const postponed = [...distances];
  const isAlike = (one: PlannedFetch, other: PlannedFetch): boolean =>
    one.path.join('.') === other.path.join('.') || nameSelection(one) === nameSelection(other);
  const hasAlike = (fetch: PlannedFetch, distance: number): boolean =>
    fetches.some(
      (other, position) =>
        postponed[position] === distance &&
        other.requires !== undefined &&
        other.service === fetch.service &&
        isAlike(fetch, other),
    );
  const all = [...new Set(distances)].sort((left, right) => left - right);
  // From the last on: a fetch goes along with one that was itself put off.
  for (const position of [...sortByDistance(distances)].reverse()) {
    const fetch = fetches[position];
    const own = distances[position] ?? 0;
    if (fetch?.requires === undefined || needed.has(position)) continue;
    postponed[position] = all.find((later) => later > own && hasAlike(fetch, later)) ?? own;
  }
  return postponed;
}

function sortByDistance(distances: readonly number[]): readonly number[] {
  return [...distances.keys()].sort(
    (left, right) => (distances[left] ?? 0) - (distances[right] ?? 0) || left - right,
  );
}

const isMutation = ({ operationKind }: PlannedFetch): boolean => operationKind === 'mutation';

const printSelection = ({ selectionSet }: PlannedFetch): string =>
  stripIgnoredCharacters(print(selectionSet));

/** Fetches of one name can have one list of representations. */
const nameSelection = (fetch: PlannedFetch): string =>
  `${printSelection(fetch)} ${JSON.stringify(fetch.renames)}`;

function buildRootStep(fetch: PlannedFetch, id: number, after: readonly number[]): RootStep {
  const header = printHeader(fetch.operationKind, fetch.operationName, fetch.variableDefinitions.map(print));
  return {
    kind: 'root',
    id,
    service: fetch.service,
    after,
    operationKind: fetch.operationKind,
    operationName: fetch.operationName,
    query: stripIgnoredCharacters(`${header} ${print(fetch.selectionSet)}`),
    variables: fetch.variableDefinitions.map(({ variable }) => variable.name.value),
    path: fetch.path,
    rootKeys: listKeys(fetch),
    renames: fetch.renames,
  };
}

function listKeys({ selectionSet, renames }: PlannedFetch): readonly string[] {
  const keys = new Set<string>();
  const walk = (set: PlannedFetch['selectionSet']): void => {
    for (const node of set.selections)
      if (node.kind === Kind.FIELD) {
        const key = (node.alias ?? node.name).value;
        keys.add(renames.find(({ from }) => from === key)?.to ?? key);
      } else if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet);
  };
  walk(selectionSet);
  return [...keys];
}

function buildEntityStep(
  first: PlannedFetch,
  fetches: readonly PlannedFetch[],
  id: number,
  after: readonly number[],
  findKnown: FindKnown,
): EntityStep {
  const batches = buildBatches(fetches, findKnown);
  const definitions = new Map<string, VariableDefinitionNode>();
  for (const fetch of fetches)
    for (const definition of fetch.variableDefinitions)
      definitions.set(definition.variable.name.value, definition);
  const header = printHeader('query', first.operationName, [
    ...batches.map(({ variable }) => `$${variable}: [_Any!]!`),
    ...[...definitions.values()].map(print),
  ]);
  const fields = batches.map(({ key, variable, selection }) => {
    const alias = key === '_entities' ? '' : `${key}: `;
    return `${alias}_entities(representations: $${variable}) ${selection}`;
  });
  return {
    kind: 'entities',
    id,
    service: first.service,
    after,
    operationName: first.operationName,
    query: stripIgnoredCharacters(`${header} { ${fields.join(' ')} }`),
    variables: [...definitions.keys()],
    batches,
  };
}

/** Where the entities of a fetch may be known already. */
type FindKnown = (fetch: PlannedFetch) => EntityBatch['known'];

function buildBatches(fetches: readonly PlannedFetch[], findKnown: FindKnown): readonly EntityBatch[] {
  const drafts = new Map<
    string,
    {
      selection: string;
      fields: readonly string[];
      known: EntityBatch['known'];
      renames: readonly KeyRename[];
      targets: Map<string, EntityTarget>;
    }
  >();
  for (const fetch of fetches) {
    const name = nameSelection(fetch);
    const draft = drafts.get(name) ?? {
      selection: printSelection(fetch),
      fields: listKeys(fetch),
      known: findKnown(fetch),
      renames: fetch.renames,
      targets: new Map(),
    };
    drafts.set(name, draft);
    const target = { path: fetch.path, requires: fetch.requires ?? [], overrides: fetch.overrides };
    draft.targets.set(JSON.stringify(target), target);
  }
  const isOne = drafts.size === 1;
  return [...drafts.values()].map(({ selection, fields, known, renames, targets }, index) => ({
    key: isOne ? '_entities' : `_entities_${index}`,
    variable: isOne ? 'representations' : `representations_${index}`,
    selection,
    fields,
    targets: [...targets.values()],
    known,
    renames,
  }));
}

function printHeader(kind: string, name: string | undefined, variables: readonly string[]): string {
  return `${kind}${name === undefined ? '' : ` ${name}`}${variables.length > 0 ? `(${variables.join(', ')})` : ''}`;
}
