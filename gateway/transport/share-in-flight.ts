import { Cancellation } from './cancellation.ts';
import type { FetchError } from './fetch-error.ts';
import type { Interceptor, SubgraphRequest, SubgraphResponse } from './subgraph-request.ts';
import type { TransportObserver } from './transport-observer.ts';

// The subgraph is given this much longer than the first who asks, so that those who come a little later may share.
// Nothing runs on for it: the last one who leaves cancels the request.
const graceMs = 1000;

/** See `TransportOptions`. */
export interface ShareOptions {
  readonly observer?: TransportObserver | undefined;
}

/** A request in flight and how many wait for it. */
interface Flight {
  readonly response: Promise<SubgraphResponse>;
  readonly cancellation: Cancellation;
  /** What the subgraph is told; nobody who waits has more time than that. */
  readonly deadlineAt: number | undefined;
  waiting: number;
}

/**
 * Lets identical queries share the request that is in flight. The response's text is shared, never what is made of
 * it: every operation parses its own. One that is cancelled leaves the others' request alone; the last one ends it.
 */
export function shareInFlight({ observer }: ShareOptions = {}): Interceptor {
  const flights = new Map<string, Flight>();
  return (next) => (request) => {
    if (request.kind === 'mutation') {
      // Whoever reads after a write must find it, and a query in flight may have read before. A write that failed may
      // have been done.
      return next(request).finally(() => flights.clear());
    }
    if (request.timing !== undefined) return next(request);
    const key = writeKey(request);
    let flight = flights.get(key);
    if (flight === undefined || isLater(request.deadlineAt, flight.deadlineAt)) {
      const cancellation = new Cancellation();
      const deadlineAt = request.deadlineAt === undefined ? undefined : request.deadlineAt + graceMs;
      const response = next({ ...request, cancellation, deadlineAt });
      flight = { response, cancellation, deadlineAt, waiting: 0 };
      flights.set(key, flight);
      const land = (): void => {
        if (flights.get(key)?.response === response) flights.delete(key);
      };
      response.then(land, land);
    } else observer?.shared(request.service);
    const joined = flight;
    return join(joined, request, () => {
      if (flights.get(key) === joined) flights.delete(key);
    });
  };
}

function isLater(deadlineAt: number | undefined, other: number | undefined): boolean {
  return other !== undefined && (deadlineAt === undefined || deadlineAt > other);
}

/** Everything that the subgraph can see but the deadline: two requests with one key are the same to it. */
function writeKey({ body, headers }: SubgraphRequest): string {
  let key = '';
  // A value cannot contain a line break, so no two sets of headers have one text.
  for (const name of Object.keys(headers).sort()) key += `${name}:${headers[name]}\n`;
  return `${key}\n${body}`;
}

function join(flight: Flight, request: SubgraphRequest, forget: () => void): Promise<SubgraphResponse> {
  flight.waiting += 1;
  return new Promise((resolve, reject) => {
    const leave = (reason: FetchError): void => {
      reject(reason);
      flight.waiting -= 1;
      if (flight.waiting > 0) return;
      // Nobody may join what is being ended.
      forget();
      flight.cancellation.cancel(reason);
    };
    request.cancellation.addListener(leave);
    flight.response.finally(() => request.cancellation.removeListener(leave)).then(resolve, reject);
  });
}
