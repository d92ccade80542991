import type { GraphQLSchema } from 'graphql';

import type { NormalisedOperation } from '../operation/selection.ts';
import type { DataObject, DataPath } from './data.ts';
import type { ExecutionState } from './execution-state.ts';
import type { ServiceError } from './service-error.ts';
import { mapErrorPath } from './map-error-path.ts';
import type { CompletionError } from './projection/write.ts';

/** An error as the client reads it. */
interface ClientError {
  readonly message: string;
  readonly path?: DataPath;
  readonly extensions: Readonly<Record<string, unknown>>;
}

// An error of a whole fetch stands at each of its places, so that a few bytes of a subgraph could become megabytes.
const errorsMax = 2000;

/** The `errors` of an answer: the subgraphs', at the client's places, then those found in the data. */
export function listClientErrors(
  { errors: failures, lost, data }: Pick<ExecutionState, 'errors' | 'lost' | 'data'>,
  found: readonly CompletionError[],
  operation: NormalisedOperation,
  schema: GraphQLSchema,
): readonly ClientError[] {
  const errors: ClientError[] = [];
  for (const failure of failures) {
    if (errors.length >= errorsMax) break;
    errors.push(...placeError(failure, operation, data, schema));
  }
  if (found.length === 0) return errors;
  const reasons = errors.map(({ path }) => path);
  // As many places as errors, and no more: an entity may stand at a hundred places.
  for (const place of lost.slice(0, errorsMax))
    for (const { path, isAsked } of mapErrorPath(place, operation, data, schema))
      if (isAsked) reasons.push(path);
  const unexplained = found.filter(({ path }) => !reasons.some((reason) => explains(reason, path)));
  for (const { message, path } of unexplained)
    errors.push({ message, path, extensions: { code: 'INVALID_SUBGRAPH_DATA' } });
  return errors;
}

/** An error of a subgraph at each of the client's places; none where it explains nothing that was asked for. */
function placeError(
  failure: ServiceError,
  operation: NormalisedOperation,
  data: DataObject,
  schema: GraphQLSchema,
): readonly ClientError[] {
  const { message, extensions } = failure;
  const mapped = failure.places.flatMap((place) => mapErrorPath(place, operation, data, schema));
  const asked = mapped.filter(({ isAsked }) => isAsked);
  // Where nobody has asked for the failed field, it was fetched for another field of the same object, or for
  // nothing: then there is nothing to explain.
  const missed = mapped.filter(({ isMissed }) => isMissed);
  if (mapped.length > 0 && asked.length === 0 && missed.length === 0) return [];
  const paths = (asked.length > 0 ? asked : missed).map(({ path }) => path);
  const places = [...new Map(paths.map((path) => [JSON.stringify(path), path])).values()].filter(
    (path) => path.length > 0,
  );
  if (places.length === 0) return [{ message, extensions }];
  return places.map((path) => ({ message, path, extensions }));
}

/** Whether an error at `reason` is why there is no value at `path`: one of them lies above the other. */
function explains(reason: DataPath | undefined, path: DataPath): boolean {
  if (reason === undefined) return true;
  const length = Math.min(reason.length, path.length);
  for (let index = 0; index < length; index++) if (reason[index] !== path[index]) return false;
  return true;
}
