import type { ExecutionState } from './execution-state.ts';
import { FetchError } from '../transport/fetch-error.ts';
import type { ErrorPlace } from './service-error.ts';
import type { SubgraphErrorReport } from './subgraph-answer.ts';

/** How many places of one error are told to the client. */
export const errorPlacesMax = 100;

/** Adds a subgraph's own error, at its places. */
export function reportError(
  state: ExecutionState,
  service: string,
  report: SubgraphErrorReport,
  places: readonly ErrorPlace[],
): void {
  const { code } = report.extensions;
  state.errors.push({
    service,
    message: report.message,
    extensions: {
      ...report.extensions,
      code: typeof code === 'string' ? code : 'DOWNSTREAM_SERVICE_ERROR',
      service,
    },
    places,
  });
}

/** Adds the failure of a whole fetch, at the places that lack its data. */
export function reportFailure(
  state: ExecutionState,
  service: string,
  failure: unknown,
  places: readonly ErrorPlace[],
): void {
  if (!(failure instanceof FetchError)) throw failure;
  state.log.warn({ service, code: failure.code, detail: failure.detail }, `fetch failed: ${failure.message}`);
  state.errors.push({
    service,
    message: failure.message,
    extensions: { code: failure.code, service },
    places,
  });
}
