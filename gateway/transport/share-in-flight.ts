import { Cancellation } from './cancellation.ts';
import type { FetchError } from './fetch-error.ts';
import type { Interceptor, SubgraphRequest, SubgraphResponse } from './subgraph-request.ts';

/** A request in flight and how many wait for it. */
interface Flight {
  readonly response: Promise<SubgraphResponse>;
  readonly cancellation: Cancellation;
  waiting: number;
}

/**
 * Lets identical queries share the request that is in flight. The response's text is shared, never what is made of
 * it: every operation parses its own. One that is cancelled leaves the others' request alone; the last one ends it.
 */
export function shareInFlight(): Interceptor {
  const flights = new Map<string, Flight>();
  return (next) => (request) => {
    if (request.kind !== 'query') return next(request);
    const key = writeKey(request);
    let flight = flights.get(key);
    if (flight === undefined) {
      const cancellation = new Cancellation();
      const response = next({ ...request, cancellation });
      flight = { response, cancellation, waiting: 0 };
      flights.set(key, flight);
      const land = (): void => {
        if (flights.get(key)?.response === response) flights.delete(key);
      };
      response.then(land, land);
    }
    return join(flight, request, () => flights.delete(key));
  };
}

/** Everything that the subgraph can see: two requests with one key are the same to it. */
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
