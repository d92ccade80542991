import { FetchError } from './fetch-error.ts';
import type { Interceptor } from './subgraph-request.ts';
import type { TransportObserver } from './transport-observer.ts';

/** See `TransportOptions`. */
export interface BreakerOptions {
  readonly breakerFailures: number;
  readonly breakerWindowMs: number;
  readonly breakerOpenMs: number;
  readonly requestTimeoutMs: number;
  readonly observer?: TransportObserver | undefined;
}

interface ClosedCircuit {
  readonly kind: 'closed';
  /** Counted in place: this is done for every request. */
  since: number;
  requests: number;
  failures: number;
  /** Failures since the last good answer. */
  inARow: number;
}

/** Only tries are sent: requests that see whether the service is back. */
interface OpenCircuit {
  readonly kind: 'open';
  /**
   * When the next request may try. Each try puts it off for the others, and one that gets no answer does not keep them
   * from trying for longer than that.
   */
  nextTryAt: number;
}

type Circuit = ClosedCircuit | OpenCircuit;

/** What a request says about the subgraph. */
type Outcome = 'good' | 'bad' | 'unknown';

/** Lets requests fail at once while a subgraph is down, so that neither it nor the gateway is flooded with them. */
export function breakCircuit(
  options: BreakerOptions,
  now: () => number = () => performance.now(),
): Interceptor {
  let circuit: Circuit = closeCircuit(now());
  const open = (): Circuit => ({ kind: 'open', nextTryAt: now() + options.breakerOpenMs });
  // What comes late of requests that were sent before the circuit opened, or closed, says nothing about the service now.
  const record = (service: string, sentIn: Circuit, outcome: Outcome): void => {
    if (circuit !== sentIn) return;
    if (circuit.kind === 'closed') {
      if (!count(circuit, outcome)) return;
      circuit = open();
      options.observer?.circuitOpened(service);
    } else if (outcome === 'good') circuit = closeCircuit(now());
    else if (outcome === 'bad') circuit = open();
    // A try that says nothing leaves the next request to try.
    else circuit.nextTryAt = now();
  };
  /** Answers whether that was too much. */
  const count = (closed: ClosedCircuit, outcome: Outcome): boolean => {
    if (outcome !== 'unknown') closed.requests += 1;
    if (outcome === 'good') closed.inARow = 0;
    if (outcome !== 'bad') return false;
    // Only a failure asks how long the count has gone on.
    if (now() - closed.since > options.breakerWindowMs)
      Object.assign(closed, { since: now(), requests: 1, failures: 0 });
    closed.failures += 1;
    closed.inARow += 1;
    const isHalf = closed.failures >= options.breakerFailures && closed.failures * 2 >= closed.requests;
    // All the good ones of the window do not speak for a service that has failed at every request since.
    return isHalf || closed.inARow >= options.breakerFailures;
  };
  const mayPass = (): boolean => {
    if (circuit.kind === 'closed') return true;
    if (now() < circuit.nextTryAt) return false;
    circuit.nextTryAt = now() + options.breakerOpenMs;
    return true;
  };
  return (next) => (request) => {
    if (!mayPass()) {
      const message = `The subgraph "${request.service}" has failed too often; it is not asked for a while.`;
      return Promise.reject(new FetchError('SUBGRAPH_CIRCUIT_OPEN', message));
    }
    const sentIn = circuit;
    const sentAt = now();
    return next(request).then(
      (response) => {
        record(request.service, sentIn, response.status >= 500 ? 'bad' : 'good');
        return response;
      },
      (failure: unknown) => {
        const isBad = isServiceFailure(failure, now() - sentAt, options);
        record(request.service, sentIn, isBad ? 'bad' : 'unknown');
        throw failure;
      },
    );
  };
}

function closeCircuit(since: number): ClosedCircuit {
  return { kind: 'closed', since, requests: 0, failures: 0, inARow: 0 };
}

// Of the time of a whole request; see `TransportOptions.requestTimeoutMs`.
const judgedShare = 0.75;

/** A client that leaves, and a full queue, say nothing about the subgraph. */
function isServiceFailure(
  failure: unknown,
  waitedMs: number,
  { requestTimeoutMs }: Pick<BreakerOptions, 'requestTimeoutMs'>,
): boolean {
  if (!(failure instanceof FetchError)) return false;
  switch (failure.code) {
    case 'SUBGRAPH_UNREACHABLE':
    case 'SUBGRAPH_TIMEOUT':
      return true;
    case 'REQUEST_TIMEOUT':
      return requestTimeoutMs > 0 && waitedMs >= judgedShare * requestTimeoutMs;
    default:
      return false;
  }
}
