import type { ExecutionState } from './execution-state.ts';
import { FetchError } from '../transport/fetch-error.ts';
import { isInternalError, maskSubgraphError } from './mask-subgraph-error.ts';
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
  const isMasked = state.subgraphErrors === 'mask-internal' && isInternalError(report);
  if (isMasked)
    state.log.error(
      { service, path: report.path, extensions: report.extensions },
      `the subgraph reported an internal error: ${report.message}`,
    );
  const { message, extensions } = isMasked ? maskSubgraphError(report, service) : report;
  const { code } = extensions;
  state.errors.push({
    service,
    message,
    extensions: {
      ...extensions,
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
