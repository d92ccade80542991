import { FetchError } from './fetch-error.ts';
import { isPassingStatus } from './passing-status.ts';
import type { Endpoint } from './send-http.ts';
import type { SendToSubgraph, SubgraphRequest, SubgraphResponse } from './subgraph-request.ts';

// A URL that could not be reached, or that has no server to answer, is left alone for this time while there are others:
// it fails so quickly that it would always have the fewest requests in flight, and draw the most.
const restMs = 1000;
// So is one whose server is about to stop: longer than it says so before it closes (`noticeMs`, a second), or the first
// request after the rest would meet the closing.
const closingRestMs = 5000;

interface Replica {
  readonly endpoint: Endpoint;
  inFlight: number;
  restsUntil: number;
}

/**
 * Sends each request to the URL with the fewest in flight, past those that rest; among equals they take turns. One that
 * could not be sent, a mutation too, goes to the next URL.
 */
export function balanceLoad(
  endpoints: readonly Endpoint[],
  now: () => number = () => performance.now(),
): SendToSubgraph {
  const [only] = endpoints;
  if (only !== undefined && endpoints.length === 1) return (request) => only.send(request);
  const replicas: Replica[] = endpoints.map((endpoint) => ({ endpoint, inFlight: 0, restsUntil: 0 }));
  let turn = 0;
  const choose = (tried: readonly Replica[]): Replica | undefined => {
    const time = now();
    turn += 1;
    const order = replicas.map((_, index) => replicas[(index + turn) % replicas.length]);
    let best: Replica | undefined;
    for (const replica of order)
      if (
        replica !== undefined &&
        !tried.includes(replica) &&
        (best === undefined || isBetter(replica, best, time))
      )
        best = replica;
    return best;
  };
  const rest = (replica: Replica, timeMs: number): void => {
    replica.restsUntil = Math.max(replica.restsUntil, now() + timeMs);
  };
  const sendTo = (
    replica: Replica,
    request: SubgraphRequest,
    tried: readonly Replica[],
  ): Promise<SubgraphResponse> => {
    replica.inFlight += 1;
    return replica.endpoint.send(request).then(
      (response) => {
        replica.inFlight -= 1;
        // A mutation on a connection that is made now could be cut, and would not be sent again.
        if (response.isClosing === true) rest(replica, closingRestMs);
        if (isPassingStatus(response.status)) rest(replica, restMs);
        return response;
      },
      (failure: unknown) => {
        replica.inFlight -= 1;
        if (!(failure instanceof FetchError)) throw failure;
        if (failure.isUnsent || failure.code === 'SUBGRAPH_UNREACHABLE') rest(replica, restMs);
        if (!failure.isUnsent || request.cancellation.reason !== undefined) throw failure;
        const sentTo = [...tried, replica];
        const other = choose(sentTo);
        if (other === undefined) throw failure;
        return sendTo(other, request, sentTo);
      },
    );
  };
  return (request) => {
    const replica = choose([]);
    if (replica === undefined) throw new Error('Expected a subgraph to have a URL.');
    return sendTo(replica, request, []);
  };
}

function isBetter(replica: Replica, best: Replica, time: number): boolean {
  const rests = replica.restsUntil > time;
  const bestRests = best.restsUntil > time;
  return rests === bestRests ? replica.inFlight < best.inFlight : bestRests;
}
