import type { EntityBatch, EntityStep } from '../planning/compiled-plan.ts';
import { findEntities, makePlace, visitPlaces, type DataPlace } from './collect-entities.ts';
import { compileReader, type ReadRepresentation } from './compile-reader.ts';
import { isDataObject, typeNameOf, type DataObject } from './data.ts';
import type { ExecutionState } from './execution-state.ts';
import { compileKnown, copyKnown, type FindKnown } from './known-entities.ts';
import { mergeData } from './merge.ts';
import { renameKeys, renamePath } from './rename-keys.ts';
import { errorPlacesMax, reportError, reportFailure } from './report-errors.ts';
import { compileBody } from './request-body.ts';
import type { RunnableStep } from './run-plan.ts';
import type { ErrorPlace } from './service-error.ts';
import { badShape, describe, type SubgraphErrorReport } from './subgraph-answer.ts';

/** The targets of which the same is read. */
interface CompiledTargets {
  readonly read: ReadRepresentation;
  /** What is known already of their entities; undefined where nothing can be. */
  readonly findKnown: FindKnown | undefined;
  readonly places: DataPlace[];
}

interface CompiledBatch {
  readonly batch: EntityBatch;
  readonly targets: readonly CompiledTargets[];
  readonly interfaceNames: readonly unknown[];
}

/** The representations of a batch in one request. */
interface Representations {
  /** The list's items, as JSON text. */
  readonly text: string;
  /** The objects that each representation stands for. */
  readonly entities: readonly (readonly DataObject[])[];
  /** How many objects got what their subgraph had told before, and are in no representation. */
  readonly knownCount: number;
}

/**
 * Compiles a step that asks for fields of entities. With `reuseEntityFields` it does not ask for what its subgraph has
 * told of an entity before.
 */
export function compileEntityStep(step: EntityStep, reuseEntityFields: boolean): RunnableStep {
  const batches: readonly CompiledBatch[] = step.batches.map((batch) => ({
    batch,
    targets: compileTargets(batch, reuseEntityFields),
    interfaceNames: listInterfaceNames(batch),
  }));
  return {
    step,
    writeBody: compileBody(
      step,
      step.batches.map(({ variable }) => variable),
    ),
    prepare(state) {
      const lists = batches.map((batch) => readRepresentations(batch, state));
      const count = lists.reduce((sum, { entities }) => sum + entities.length, 0);
      if (count === 0) {
        state.trace?.skipped(
          step,
          lists.reduce((sum, { knownCount }) => sum + knownCount, 0),
        );
        return undefined;
      }
      return {
        lists: lists.map(({ text }) => text),
        count,
        apply({ data, errors }) {
          const places = makePlaceFinder(state.data, step.batches, lists);
          for (const report of errors) reportAtEntities(state, step, lists, places, report, data);
          if (data === undefined) {
            state.lost.push(...places.ofAll());
            return;
          }
          for (const [index, batch] of batches.entries())
            mergeBatch(
              state,
              step,
              batch,
              lists[index]?.entities ?? [],
              data,
              errors.length > 0,
              (position) => places.ofEntity(index, position),
            );
        },
        fail: (failure) =>
          reportFailure(state, step.service, failure, listPlaces(state.data, step.batches, lists)),
      };
    },
  };
}

function compileTargets(
  { targets, known, fields }: EntityBatch,
  reuseEntityFields: boolean,
): readonly CompiledTargets[] {
  const compiled = new Map<string, CompiledTargets>();
  for (const target of targets) {
    const { path, requires, overrides } = target;
    const name = JSON.stringify({ requires, overrides });
    let same = compiled.get(name);
    if (same === undefined) {
      const read = compileReader(target);
      const findKnown = reuseEntityFields && known.length > 0 ? compileKnown(known, fields, read) : undefined;
      same = { read, findKnown, places: [] };
      compiled.set(name, same);
    }
    same.places.push(makePlace(path));
  }
  return [...compiled.values()];
}

function readRepresentations({ targets, batch }: CompiledBatch, state: ExecutionState): Representations {
  const byText = new Map<string, DataObject[]>();
  let knownCount = 0;
  for (const { places, read, findKnown } of targets) {
    let known: ReturnType<FindKnown> | undefined;
    for (const place of places) {
      const entities = findEntities(state, place);
      if (entities.length > 0) known ??= findKnown?.(state);
      for (const entity of entities) {
        const text = read(entity);
        if (text === undefined) continue;
        const source = known?.get(text);
        if (source !== undefined) {
          copyKnown(source, entity, batch.fields);
          knownCount += 1;
          continue;
        }
        const same = byText.get(text);
        if (same === undefined) byText.set(text, [entity]);
        else same.push(entity);
      }
    }
  }
  return { text: [...byText.keys()].join(','), entities: [...byText.values()], knownCount };
}

/** Merges a batch's answer. Throws a `FetchError` when it is not a list with one item a representation. */
function mergeBatch(
  state: ExecutionState,
  step: EntityStep,
  { batch, interfaceNames }: CompiledBatch,
  entities: Representations['entities'],
  data: DataObject,
  hasErrors: boolean,
  placesOf: (position: number) => readonly ErrorPlace[],
): void {
  const { key, renames } = batch;
  const answers = data[key];
  // Beside errors null is their consequence, not one more fault.
  if ((answers === null || answers === undefined) && (hasErrors || entities.length === 0)) return;
  if (!Array.isArray(answers))
    throw badShape(
      step.service,
      `"_entities" to be a list of ${entities.length}, found ${describe(answers)}`,
    );
  if (answers.length !== entities.length)
    throw badShape(step.service, `${entities.length} items in "_entities", found ${answers.length}`);
  for (const [index, objects] of entities.entries()) {
    const answer: unknown = answers[index];
    if (answer === null || answer === undefined) continue;
    if (!isDataObject(answer)) {
      const message = badShape(step.service, `an entity, found ${describe(answer)}`).message;
      const report = { message, path: undefined, extensions: { code: 'SUBGRAPH_BAD_RESPONSE' } };
      reportError(state, step.service, report, placesOf(index));
      continue;
    }
    // An interface object's own name would replace the one that says more.
    if (interfaceNames.includes(answer['__typename'])) delete answer['__typename'];
    const [first] = objects;
    if (renames.length > 0) renameKeys(answer, renames, first && typeNameOf(first));
    if (objects.length > 1 && hasInner(answer)) state.facts.hasShared = true;
    for (const object of objects) mergeData(object, answer);
  }
}

/** Whether parts of an answer become parts of each object that it is merged into. */
function hasInner(answer: DataObject): boolean {
  for (const key in answer) if (typeof answer[key] === 'object' && answer[key] !== null) return true;
  return false;
}

/** The names under which entities are sent to a subgraph that knows them as interface objects. */
function listInterfaceNames({ targets }: EntityBatch): readonly unknown[] {
  return targets.flatMap(({ overrides }) =>
    overrides.flatMap(({ key, value }) => (key === '__typename' ? [value] : [])),
  );
}

/** Where errors of one answer belong. */
interface PlaceFinder {
  /** The places of an entity, by its batch and its position in the batch's list, up to the bound. */
  readonly ofEntity: (batch: number, position: number) => readonly ErrorPlace[];
  /** The places of an error that is about no entity. */
  readonly ofAll: () => readonly ErrorPlace[];
}

/** Walks the data once, when first asked: each of thousands of entities may have an error of its own. */
function makePlaceFinder(
  data: DataObject,
  batches: readonly EntityBatch[],
  lists: readonly Representations[],
): PlaceFinder {
  const found: ErrorPlace[][][] = [];
  let all: readonly ErrorPlace[] | undefined;
  return {
    ofEntity: (index, position) => {
      const batch = batches[index];
      if (batch === undefined) return [];
      found[index] ??= listPlacesByPosition(data, batch, lists[index]?.entities ?? []);
      return found[index][position] ?? [];
    },
    ofAll: () => (all ??= listPlaces(data, batches, lists)),
  };
}

function listPlacesByPosition(
  data: DataObject,
  { targets, fields }: EntityBatch,
  entities: Representations['entities'],
): ErrorPlace[][] {
  const byPosition: ErrorPlace[][] = entities.map(() => []);
  // One object may stand in a list with several representations: those of several targets.
  const byObject = new Map<DataObject, ErrorPlace[][]>();
  for (const [position, objects] of entities.entries())
    for (const object of objects)
      byObject.set(object, [...(byObject.get(object) ?? []), byPosition[position] ?? []]);
  for (const { path: targetPath } of targets)
    visitPlaces(data, targetPath, (object, path) => {
      for (const places of byObject.get(object) ?? [])
        if (places.length < errorPlacesMax) places.push({ path, fields });
      return true;
    });
  return byPosition;
}

/** Reports an error at every place of the entity that it is about. */
function reportAtEntities(
  state: ExecutionState,
  step: EntityStep,
  lists: readonly Representations[],
  finder: PlaceFinder,
  report: SubgraphErrorReport,
  data: DataObject | undefined,
): void {
  const [key, position, ...rest] = report.path ?? [];
  const index = step.batches.findIndex((entry) => entry.key === key);
  const batch = step.batches[index];
  const isEntity = typeof position === 'number' && lists[index]?.entities[position] !== undefined;
  if (batch === undefined || !isEntity) {
    reportError(state, step.service, report, finder.ofAll());
    return;
  }
  const renamed = renamePath(rest, batch.renames);
  const places = finder.ofEntity(index, position);
  const answers = data?.[batch.key];
  if (Array.isArray(answers) && (answers[position] ?? null) === null) state.lost.push(...places);
  const inside = places.map(({ path }) => ({ path: [...path, ...renamed], fields: [] }));
  reportError(state, step.service, report, renamed.length === 0 ? places : inside);
}

/** Every field of every entity of a request, up to the bound. */
function listPlaces(
  data: DataObject,
  batches: readonly EntityBatch[],
  lists: readonly Representations[],
): readonly ErrorPlace[] {
  return batches.flatMap((batch, index) => {
    const asked = new Set(lists[index]?.entities.flat());
    const places = findPlaces(data, batch, (object) => asked.has(object));
    return places.flatMap(({ path }) =>
      batch.fields.map((field) => ({ path: [...path, field], fields: [] })),
    );
  });
}

function findPlaces(
  data: DataObject,
  { targets, fields }: EntityBatch,
  isMeant: (object: DataObject) => boolean,
): readonly ErrorPlace[] {
  const places: ErrorPlace[] = [];
  for (const target of targets)
    visitPlaces(data, target.path, (object, path) => {
      if (isMeant(object)) places.push({ path, fields });
      return places.length < errorPlacesMax;
    });
  return places;
}
