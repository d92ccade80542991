import { describe, expect, test } from 'vitest';

import { balanceLoad } from './balance-load.ts';
import { breakCircuit } from './break-circuit.ts';
import { Cancellation } from './cancellation.ts';
import { FetchError } from './fetch-error.ts';
import { limitRequests } from './limit-requests.ts';
import { limitTime } from './limit-time.ts';
import { retryQueries } from './retry-queries.ts';
import { shareInFlight } from './share-in-flight.ts';
import type { SendToSubgraph, SubgraphRequest, SubgraphResponse } from './subgraph-request.ts';

function makeRequest(changes: Partial<SubgraphRequest> = {}): SubgraphRequest {
  const cancellation = new Cancellation();
  return { service: 's', kind: 'query', body: '{}', headers: {}, cancellation, ...changes };
}

/** A subgraph whose answers the test gives, one by one. */
function makeService(): {
  readonly send: SendToSubgraph;
  readonly calls: {
    readonly request: SubgraphRequest;
    resolve(status?: number): void;
    reject(error: FetchError): void;
  }[];
} {
  const calls: ReturnType<typeof makeService>['calls'] = [];
  const send: SendToSubgraph = (request) =>
    new Promise<SubgraphResponse>((resolve, reject) => {
      calls.push({
        request,
        resolve: (status = 200) => resolve({ status, body: Buffer.from('{}') }),
        reject,
      });
      request.cancellation.addListener(reject);
    });
  return { send, calls };
}

const unreachable = new FetchError('SUBGRAPH_UNREACHABLE', 'gone');
const left = new FetchError('REQUEST_CANCELLED', 'left');
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('in-flight sharing', () => {
  test('sends identical queries once, and others by themselves', async () => {
    const { send, calls } = makeService();
    const share = shareInFlight()(send);
    const both = [share(makeRequest()), share(makeRequest())];
    void share(makeRequest({ headers: { authorization: 'x' } }));
    void share(makeRequest({ kind: 'mutation' }));
    expect(calls.length).toBe(3);
    calls[0]?.resolve();
    await expect(Promise.all(both)).resolves.toHaveLength(2);
    void share(makeRequest());
    expect(calls.length).toBe(4);
  });

  test('gives nobody who asks after a write an answer that was begun before it', async () => {
    const { send, calls } = makeService();
    const share = shareInFlight()(send);
    const before = share(makeRequest());
    const write = share(makeRequest({ kind: 'mutation' }));
    calls[1]?.resolve();
    await write;
    const after = [share(makeRequest()), share(makeRequest())];
    expect(calls.length).toBe(3);
    calls[0]?.resolve(201);
    calls[2]?.resolve(202);
    await expect(before).resolves.toMatchObject({ status: 201 });
    for (const answer of after) await expect(answer).resolves.toMatchObject({ status: 202 });

    const failing = share(makeRequest({ kind: 'mutation' }));
    void share(makeRequest());
    calls[3]?.reject(unreachable);
    await expect(failing).rejects.toBe(unreachable);
    void share(makeRequest());
    expect(calls.length).toBe(6);
  });

  test('ends the request when the last who waits has left', async () => {
    const { send, calls } = makeService();
    const share = shareInFlight()(send);
    const first = makeRequest();
    const second = makeRequest();
    const answers = [share(first), share(second)];
    first.cancellation.cancel(left);
    await expect(answers[0]).rejects.toBe(left);
    expect(calls[0]?.request.cancellation.reason).toBeUndefined();
    second.cancellation.cancel(left);
    await expect(answers[1]).rejects.toBe(left);
    expect(calls[0]?.request.cancellation.reason).toBe(left);
  });
});

describe('the time limit', () => {
  test('ends a request that takes too long', async () => {
    const { send } = makeService();
    await expect(limitTime(1)(send)(makeRequest())).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
  });

  test('passes a cancellation on', async () => {
    const { send } = makeService();
    const request = makeRequest();
    const answer = limitTime(60_000)(send)(request);
    request.cancellation.cancel(left);
    await expect(answer).rejects.toBe(left);
  });
});

describe('retries', () => {
  const options = { retriesMax: 2, retryDelayMs: 0, retryBudgetPercent: 0 };

  test('send a query again that found no server, and a mutation never', async () => {
    let calls = 0;
    const send: SendToSubgraph = () => {
      calls += 1;
      return calls < 3
        ? Promise.reject(unreachable)
        : Promise.resolve({ status: 200, body: Buffer.alloc(0) });
    };
    await expect(retryQueries(options)(send)(makeRequest())).resolves.toMatchObject({ status: 200 });
    expect(calls).toBe(3);
    calls = 0;
    await expect(retryQueries(options)(send)(makeRequest({ kind: 'mutation' }))).rejects.toBe(unreachable);
    expect(calls).toBe(1);
  });

  test('stop when the budget is spent', async () => {
    let calls = 0;
    const send: SendToSubgraph = () => {
      calls += 1;
      return Promise.resolve({ status: 503, body: Buffer.alloc(0) });
    };
    const retry = retryQueries(options)(send);
    for (let count = 0; count < 20; count++) await retry(makeRequest());
    expect(calls).toBe(20 + 10);
  });
});

describe('the circuit breaker', () => {
  test('opens after failures, lets one request try, and closes when that succeeds', async () => {
    let time = 0;
    const { send, calls } = makeService();
    const options = { breakerFailures: 2, breakerWindowMs: 1000, breakerOpenMs: 100, requestTimeoutMs: 0 };
    const guarded = breakCircuit(options, () => time)(send);
    for (let count = 0; count < 2; count++) {
      const answer = guarded(makeRequest());
      calls.at(-1)?.reject(unreachable);
      await expect(answer).rejects.toBe(unreachable);
    }
    await expect(guarded(makeRequest())).rejects.toMatchObject({ code: 'SUBGRAPH_CIRCUIT_OPEN' });
    time = 100;
    const trial = guarded(makeRequest());
    await expect(guarded(makeRequest())).rejects.toMatchObject({ code: 'SUBGRAPH_CIRCUIT_OPEN' });
    calls.at(-1)?.resolve();
    await trial;
    const after = guarded(makeRequest());
    calls.at(-1)?.resolve();
    await expect(after).resolves.toMatchObject({ status: 200 });
  });
});

describe('a circuit breaker', () => {
  const options = { breakerFailures: 3, breakerWindowMs: 10_000, breakerOpenMs: 100, requestTimeoutMs: 1000 };
  const pass = async (guarded: SendToSubgraph, calls: ReturnType<typeof makeService>['calls']) => {
    const answer = guarded(makeRequest());
    calls.at(-1)?.resolve();
    await answer;
  };
  const fail = async (guarded: SendToSubgraph, calls: ReturnType<typeof makeService>['calls']) => {
    const answer = guarded(makeRequest());
    calls.at(-1)?.reject(unreachable);
    await expect(answer).rejects.toBe(unreachable);
  };

  test('opens at failures in a row, however many requests were good before', async () => {
    const { send, calls } = makeService();
    const guarded = breakCircuit(options, () => 0)(send);
    for (let count = 0; count < 100; count++) await pass(guarded, calls);
    await fail(guarded, calls);
    await fail(guarded, calls);
    await pass(guarded, calls);
    for (let count = 0; count < 3; count++) await fail(guarded, calls);
    await expect(guarded(makeRequest())).rejects.toMatchObject({ code: 'SUBGRAPH_CIRCUIT_OPEN' });
  });

  test('goes by the try alone, whatever comes of requests that were sent before it opened', async () => {
    let time = 0;
    const { send, calls } = makeService();
    const guarded = breakCircuit({ ...options, breakerFailures: 1 }, () => time)(send);
    const early = [guarded(makeRequest()), guarded(makeRequest()), guarded(makeRequest())];
    const ended = Promise.allSettled(early);
    calls[0]?.reject(unreachable);
    await settle();
    time = 100;
    const trial = guarded(makeRequest());
    calls[1]?.resolve();
    await settle();
    guarded(makeRequest()).catch(() => undefined);
    expect(calls.length).toBe(4);
    calls[2]?.reject(unreachable);
    await ended;
    calls[3]?.resolve();
    await trial;
    await pass(guarded, calls);
  });

  test('closes for a service that takes longer for each answer than the time between tries', async () => {
    let time = 0;
    const { send, calls } = makeService();
    const guarded = breakCircuit({ ...options, breakerFailures: 1 }, () => time)(send);
    await fail(guarded, calls);
    time = 100;
    const first = guarded(makeRequest());
    time = 200;
    void guarded(makeRequest());
    calls[1]?.resolve();
    await expect(first).resolves.toMatchObject({ status: 200 });
    await pass(guarded, calls);
  });

  test.each([
    ['opens at requests whose time is up, having waited for the subgraph', 'REQUEST_TIMEOUT', 750, 3],
    ['stays closed at requests that had little of their time left for it', 'REQUEST_TIMEOUT', 749, 4],
    ['stays closed at requests whose clients leave, however late', 'REQUEST_CANCELLED', 999, 4],
  ] as const)('%s', async (_what, code, waitedMs, sent) => {
    let time = 0;
    const { send, calls } = makeService();
    const guarded = breakCircuit(options, () => time)(send);
    for (let count = 0; count < 3; count++) {
      const request = makeRequest();
      const answer = guarded(request);
      time += waitedMs;
      request.cancellation.cancel(new FetchError(code, 'ended'));
      await expect(answer).rejects.toMatchObject({ code });
    }
    guarded(makeRequest()).catch(() => undefined);
    expect(calls.length).toBe(sent);
  });

  test('lets another request try when the one that tries gets no answer', async () => {
    let time = 0;
    const { send, calls } = makeService();
    const guarded = breakCircuit(options, () => time)(send);
    for (let count = 0; count < 3; count++) await fail(guarded, calls);
    time = 100;
    const silent = guarded(makeRequest());
    silent.catch(() => undefined);
    time = 199;
    await expect(guarded(makeRequest())).rejects.toMatchObject({ code: 'SUBGRAPH_CIRCUIT_OPEN' });
    time = 200;
    await pass(guarded, calls);
    await pass(guarded, calls);
  });
});

describe('the limit on requests', () => {
  test('lets requests wait for their turn, refuses more than may wait, and forgets who left', async () => {
    const { send, calls } = makeService();
    const limited = limitRequests({ requestsMax: 1, queueMax: 1 })(send);
    const first = limited(makeRequest());
    const waiting = makeRequest();
    const second = limited(waiting);
    await expect(limited(makeRequest())).rejects.toMatchObject({ code: 'SUBGRAPH_OVERLOADED' });
    waiting.cancellation.cancel(left);
    await expect(second).rejects.toBe(left);
    const third = limited(makeRequest());
    expect(calls.length).toBe(1);
    calls[0]?.resolve();
    await first;
    await settle();
    expect(calls.length).toBe(2);
    calls[1]?.resolve();
    await expect(third).resolves.toMatchObject({ status: 200 });
  });
});

describe('load balancing', () => {
  test('takes the URL with the fewest requests, and leaves one alone that cannot be reached', async () => {
    const good = makeService();
    const bad = makeService();
    const close = async (): Promise<void> => {};
    const balance = balanceLoad(
      [
        { url: 'good', send: good.send, close },
        { url: 'bad', send: bad.send, close },
      ],
      () => 0,
    );
    const answers = [balance(makeRequest()), balance(makeRequest())];
    expect([good.calls.length, bad.calls.length]).toEqual([1, 1]);
    bad.calls[0]?.reject(unreachable);
    await expect(Promise.race([answers[0], answers[1]])).rejects.toBe(unreachable);
    void balance(makeRequest());
    void balance(makeRequest());
    expect([good.calls.length, bad.calls.length]).toEqual([3, 1]);
  });

  test('leaves a URL alone for a second that answers 503, and asks it where no other is better', async () => {
    const calls = { good: 0, bad: 0 };
    const status = { good: 200, bad: 503 };
    let nowMs = 0;
    const serve =
      (name: keyof typeof calls): SendToSubgraph =>
      () => {
        calls[name] += 1;
        return Promise.resolve({ status: status[name], body: Buffer.from('{}') });
      };
    const close = () => Promise.resolve();
    const balance = balanceLoad(
      [
        { url: 'good', send: serve('good'), close },
        { url: 'bad', send: serve('bad'), close },
      ],
      () => nowMs,
    );
    for (let count = 0; count < 10; count++) await balance(makeRequest());
    expect(calls).toEqual({ good: 9, bad: 1 });
    nowMs = 1000;
    for (let count = 0; count < 10; count++) await balance(makeRequest());
    expect(calls).toEqual({ good: 18, bad: 2 });
    status.good = 502;
    for (let count = 0; count < 10; count++) await balance(makeRequest());
    expect(calls.good + calls.bad).toBe(30);
    expect(calls.bad).toBeGreaterThan(2);
  });

  test('leaves a server that says `connection: close`', async () => {
    const calls = { staying: 0, leaving: 0 };
    let nowMs = 0;
    const serve =
      (name: keyof typeof calls, isClosing: boolean): SendToSubgraph =>
      () => {
        calls[name] += 1;
        return Promise.resolve({ status: 200, body: Buffer.from('{}'), isClosing });
      };
    const close = () => Promise.resolve();
    const balance = balanceLoad(
      [
        { url: 'staying', send: serve('staying', false), close },
        { url: 'leaving', send: serve('leaving', true), close },
      ],
      () => nowMs,
    );
    for (let count = 0; count < 10; count++) await balance(makeRequest());
    // A service says so for a second before it closes; a request just then would be lost.
    nowMs = 1500;
    for (let count = 0; count < 10; count++) await balance(makeRequest());
    expect(calls).toEqual({ staying: 19, leaving: 1 });
  });

  test.each(['query', 'mutation'] as const)(
    'sends a %s that could not be sent to each other URL once',
    async (kind) => {
      const unsent = new FetchError('SUBGRAPH_UNREACHABLE', 'gone', 'ECONNREFUSED', true);
      const service = makeService();
      const asked: number[] = [];
      const endpoints = [0, 1, 2].map((index) => ({
        url: String(index),
        send: (request: SubgraphRequest) => {
          asked.push(index);
          return service.send(request);
        },
        close: () => Promise.resolve(),
      }));
      const answer = balanceLoad(
        endpoints,
        () => 0,
      )(makeRequest({ kind })).catch((failure: unknown) => failure);
      for (let tries = 1; tries <= 3; tries++) {
        expect(asked).toHaveLength(tries);
        service.calls[tries - 1]?.reject(unsent);
        await settle();
      }
      expect(new Set(asked)).toEqual(new Set([0, 1, 2]));
      expect(await answer).toBe(unsent);
    },
  );

  test('sends nothing again that may have arrived, or whose client has left', async () => {
    const services = [makeService(), makeService()];
    const close = () => Promise.resolve();
    const balance = balanceLoad(
      services.map(({ send }, index) => ({ url: String(index), send, close })),
      () => 0,
    );
    const calls = () => services.flatMap((service) => service.calls);
    const mutation = balance(makeRequest({ kind: 'mutation' }));
    calls()[0]?.reject(unreachable);
    await expect(mutation).rejects.toBe(unreachable);
    const request = makeRequest();
    const cancelled = balance(request);
    request.cancellation.cancel(left);
    await expect(cancelled).rejects.toBe(left);
    expect(calls()).toHaveLength(2);
  });
});
