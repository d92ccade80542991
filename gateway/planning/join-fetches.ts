import { Kind, print, stripIgnoredCharacters, type VariableDefinitionNode } from 'graphql';

import type {
  EntityBatch,
  EntityStep,
  EntityTarget,
  KeyRename,
  PlanStep,
  RootStep,
} from './compiled-plan.ts';
import type { PlannedFetch } from './planned-fetch.ts';

/** A request to be: one fetch of root fields, or the entity fetches that were joined. */
interface StepDraft {
  readonly after: readonly number[];
  readonly fetches: PlannedFetch[];
}

/**
 * Makes requests out of fetches. Entity fetches to one subgraph that need the same steps become ready at the same
 * moment, and are one request: with one selection, one list of representations; else several `_entities` fields.
 */
export function joinFetches(
  fetches: readonly PlannedFetch[],
  dependencies: readonly (readonly number[])[],
): readonly PlanStep[] {
  const drafts: StepDraft[] = [];
  const stepOf: number[] = [];
  const ancestors: Set<number>[] = [];
  const byNeeds = new Map<string, number>();
  fetches.forEach((fetch, position) => {
    const needed = new Set((dependencies[position] ?? []).map((other) => stepOf[other] ?? -1));
    const indirect = new Set([...needed].flatMap((step) => [...(ancestors[step] ?? [])]));
    const after = [...needed].filter((step) => !indirect.has(step)).sort((left, right) => left - right);
    const place = `${fetch.service} ${after.join(' ')}`;
    const known = fetch.requires === undefined ? undefined : byNeeds.get(place);
    if (known !== undefined) {
      drafts[known]?.fetches.push(fetch);
      stepOf[position] = known;
      return;
    }
    stepOf[position] = drafts.length;
    ancestors.push(new Set([...needed, ...indirect]));
    if (fetch.requires !== undefined) byNeeds.set(place, drafts.length);
    drafts.push({ after, fetches: [fetch] });
  });
  return drafts.map(buildStep);
}

function buildStep({ after, fetches }: StepDraft, id: number): PlanStep {
  const [first] = fetches;
  if (first === undefined) throw new Error('Expected a request to have a fetch.');
  return first.requires === undefined
    ? buildRootStep(first, id, after)
    : buildEntityStep(first, fetches, id, after);
}

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
): EntityStep {
  const batches = buildBatches(fetches);
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

function buildBatches(fetches: readonly PlannedFetch[]): readonly EntityBatch[] {
  const drafts = new Map<
    string,
    {
      selection: string;
      fields: readonly string[];
      renames: readonly KeyRename[];
      targets: Map<string, EntityTarget>;
    }
  >();
  for (const fetch of fetches) {
    const selection = stripIgnoredCharacters(print(fetch.selectionSet));
    const name = `${selection} ${JSON.stringify(fetch.renames)}`;
    const draft = drafts.get(name) ?? {
      selection,
      fields: listKeys(fetch),
      renames: fetch.renames,
      targets: new Map(),
    };
    drafts.set(name, draft);
    const target = { path: fetch.path, requires: fetch.requires ?? [], overrides: fetch.overrides };
    draft.targets.set(JSON.stringify(target), target);
  }
  const isOne = drafts.size === 1;
  return [...drafts.values()].map(({ selection, fields, renames, targets }, index) => ({
    key: isOne ? '_entities' : `_entities_${index}`,
    variable: isOne ? 'representations' : `representations_${index}`,
    selection,
    fields,
    targets: [...targets.values()],
    renames,
  }));
}

function printHeader(kind: string, name: string | undefined, variables: readonly string[]): string {
  return `${kind}${name === undefined ? '' : ` ${name}`}${variables.length > 0 ? `(${variables.join(', ')})` : ''}`;
}
