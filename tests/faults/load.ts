import { Pool } from 'undici';

import { type AnswerData, type LoadOperation, makeOperation } from './operations.ts';

/** An answer's error, as the client sees it. */
export interface AnswerError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly service?: string };
}

/** One request of the load, and what came of it. */
export interface LoadResult {
  readonly operation: LoadOperation;
  /** By `performance.now()`. */
  readonly startedAt: number;
  readonly waitedMs: number;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly data: AnswerData;
  readonly errors: readonly AnswerError[];
  /** `full`: without errors. `partial`: errors beside data. `error`: no data at all. */
  readonly kind: 'full' | 'partial' | 'error';
}

/** Asks the gateway as one client. */
export interface LoadClient {
  ask(operation: LoadOperation): Promise<LoadResult>;
  close(): Promise<void>;
}

/** A request that gets no answer in this time is given up, in milliseconds: the gateway has a shorter deadline. */
const giveUpMs = 60_000;

/** Opens connections to the gateway that are kept alive. */
export function openLoadClient(url: string, tokenOf: (user: string) => Promise<string>): LoadClient {
  const pool = new Pool(url, { connections: 256, pipelining: 1, keepAliveTimeout: 4000 });
  const tokens = new Map<string, Promise<string>>();
  const findToken = (user: string): Promise<string> => {
    const token = tokens.get(user) ?? tokenOf(user);
    tokens.set(user, token);
    return token;
  };
  return {
    async ask(operation) {
      const authorization = `Bearer ${await findToken(operation.user)}`;
      const { query, variables } = operation;
      const startedAt = performance.now();
      const done = (status: number, data: AnswerData, errors: readonly AnswerError[]): LoadResult => {
        const hasData =
          typeof data === 'object' && data !== null && Object.values(data).some((field) => field !== null);
        const kind = errors.length === 0 && status === 200 ? 'full' : hasData ? 'partial' : 'error';
        const waitedMs = performance.now() - startedAt;
        return { operation, startedAt, waitedMs, status, data, errors, kind };
      };
      try {
        const { statusCode, body } = await pool.request({
          path: '/graphql',
          method: 'POST',
          headers: { 'content-type': 'application/json', authorization },
          body: JSON.stringify({ query, variables }),
          signal: AbortSignal.timeout(giveUpMs),
        });
        const { data, errors = [] } = (await body.json()) as { data?: AnswerData; errors?: AnswerError[] };
        return done(statusCode, data, errors);
      } catch (error) {
        return done(0, undefined, [{ message: `no answer: ${String(error)}` }]);
      }
    },
    close: () => pool.destroy(),
  };
}

/** A load that runs on until it is stopped. */
export interface RunningLoad {
  readonly results: readonly LoadResult[];
  /** Sends no more, and waits for what is in flight. */
  stop(): Promise<void>;
}

/** Sends operations at a steady rate, whether the earlier ones have been answered or not. */
export function startLoad(client: LoadClient, run: string, perSecond: number): RunningLoad {
  const results: LoadResult[] = [];
  const inFlight = new Set<Promise<void>>();
  let turn = 0;
  const send = (): void => {
    const asked = client.ask(makeOperation(turn, run)).then((result) => {
      results.push(result);
      inFlight.delete(asked);
    });
    turn += 1;
    inFlight.add(asked);
  };
  const timer = setInterval(send, 1000 / perSecond);
  return {
    results,
    async stop() {
      clearInterval(timer);
      await Promise.all(inFlight);
    },
  };
}
