import { FetchError } from '../execution/fetch-error.ts';
import { createEndpoint } from './send-http.ts';
import type { SendToSubgraph } from './subgraph-request.ts';

/** The way to the subgraphs of one supergraph. */
export interface Transport {
  readonly send: SendToSubgraph;
  close(): Promise<void>;
}

/** Opens the way to subgraphs, by name; each has one URL or more. */
export function createTransport(urls: ReadonlyMap<string, readonly string[]>): Transport {
  const endpoints = new Map(
    [...urls].map(([name, [url = '']]) => [
      name,
      createEndpoint(url, {
        connectionsMax: 64,
        connectTimeoutMs: 5000,
        keepAliveMs: 30_000,
        responseBytesMax: 64 << 20,
      }),
    ]),
  );
  return {
    send: (request) => {
      const endpoint = endpoints.get(request.service);
      if (endpoint === undefined)
        return Promise.reject(new FetchError('SUBGRAPH_UNREACHABLE', `No subgraph "${request.service}".`));
      return endpoint.send(request);
    },
    close: async () => {
      await Promise.all([...endpoints.values()].map((endpoint) => endpoint.close()));
    },
  };
}
