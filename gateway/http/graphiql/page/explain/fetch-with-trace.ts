import type { Fetcher, FetcherOpts, FetcherParams } from '@graphiql/toolkit';

import type { TraceReport } from '../../../../telemetry/trace-report.ts';
import type { ExplainStore } from './explain-store.ts';

/** The parts of an answer that are looked at. */
interface Answer {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message?: string }[];
  readonly extensions?: Readonly<Record<string, unknown>> & { readonly freehold?: TraceReport };
}

/**
 * Lets a fetcher ask for a trace while the panel is open. The trace goes to the panel and is taken out of the answer,
 * which stays what the client would read.
 */
export function fetchWithTrace(fetcher: Fetcher, store: ExplainStore): Fetcher {
  return async (parameters: FetcherParams, options?: FetcherOpts) => {
    if (parameters.operationName === 'IntrospectionQuery')
      return fetcher(parameters, options) as Promise<never>;
    if (!store.isOpen) {
      // The answer beside the panel is another one from now on.
      store.set({ kind: 'idle' });
      return fetcher(parameters, options) as Promise<never>;
    }
    try {
      const headers = { ...options?.headers, 'freehold-explain': '1' };
      const answer = (await fetcher(parameters, { ...options, headers })) as Answer;
      return takeTrace(answer, parameters, store) as never;
    } catch (error) {
      store.set({ kind: 'failed', message: error instanceof Error ? error.message : String(error) });
      throw error;
    }
  };
}

function takeTrace(answer: Answer, { query, operationName }: FetcherParams, store: ExplainStore): Answer {
  const { extensions, ...rest } = answer;
  const report = extensions?.freehold;
  const errors = answer.errors ?? [];
  if (extensions === undefined || report?.version !== 1) {
    if (answer.data === undefined && errors.length > 0)
      store.set({
        kind: 'refused',
        messages: errors.map(({ message = 'An error without a message' }) => message),
      });
    else store.set({ kind: 'untraced' });
    return answer;
  }
  store.set({
    kind: 'explained',
    query,
    operationName: operationName ?? undefined,
    report,
    errors: errors.length,
  });
  const { freehold: _taken, ...others } = extensions;
  return Object.keys(others).length === 0 ? rest : { ...rest, extensions: others };
}
