import { Pool, type PoolClient, type QueryConfig } from 'pg';

import { currentStatementScope } from '../statements/statement-scope.ts';
import { SubgraphError } from '../subgraph-error.ts';
import { databaseFailureOf, isConnectionLost } from './database-failure.ts';
import { connectionWaitWithin, databaseBusy } from './connection-wait.ts';
import type { DatabaseSettings, PoolState } from './service-database.ts';
import { type RunQuery, runRecorded } from './recorded-statement.ts';

/**
 * A pool of connections that records each statement in the scope of the request that sent it, bounds how long one
 * waits for a connection, and cancels a statement in the database when its request is over. Prisma's adapter takes it
 * as any other pool: a statement outside of a transaction comes through `query`, one inside through a client from
 * `connect`.
 */
export class RecordedPool extends Pool {
  readonly #settings: DatabaseSettings;
  // For cancelling and for health: neither may wait behind the statements it is about.
  readonly #control: Pool;
  readonly #recorded = new WeakSet<PoolClient>();
  #isEnded = false;

  constructor(settings: DatabaseSettings) {
    const connection = {
      connectionString: withPlainTimes(settings.url),
      application_name: `freehold ${settings.service}`,
    };
    super({
      ...connection,
      max: settings.connectionsMax,
      connectionTimeoutMillis: settings.connectionWaitMs,
      statement_timeout: settings.statementMs,
      idleTimeoutMillis: 60_000,
    });
    this.#settings = settings;
    // Two, so that a cancellation does not wait for a health check; with a limit of their own, because a connection that
    // never answers again would otherwise be the only one for good.
    this.#control = new Pool({ ...connection, max: 2, connectionTimeoutMillis: 2_000, query_timeout: 1_000 });
    // An idle connection that breaks (the database was stopped) is dropped by the pool; the next statement makes a
    // new one and fails with a clear code if it cannot.
    for (const pool of [this, this.#control])
      pool.on('error', (error) =>
        settings.log.debug({ error: error.message }, 'an idle connection was lost'),
      );
    this.on('connect', (client) => this.#record(client));
  }

  // `pg` declares eight overloads; Prisma's adapter and this kit use the one with a configuration and a promise.
  override query = (async (config: QueryConfig) => {
    const client = await this.connect();
    let lost: Error | undefined;
    try {
      return await client.query(config);
    } catch (error) {
      if (error instanceof Error && isConnectionLost(error)) lost = error;
      throw error;
    } finally {
      client.release(lost);
    }
  }) as unknown as Pool['query'];

  // A transaction begins with a connection, and waits for it as any statement does.
  override connect = (async () => this.#checkOut()) as Pool['connect'];

  /** How the pool stands. */
  get state(): PoolState {
    const { totalCount, idleCount, waitingCount } = this;
    return {
      max: this.#settings.connectionsMax,
      used: totalCount - idleCount,
      idle: idleCount,
      waiting: waitingCount,
    };
  }

  /** Rejects when the database does not answer. */
  async ping(): Promise<void> {
    await this.#control.query('SELECT 1');
  }

  /** Stops the statement that the connection with this process id is running. */
  async cancelStatement(processId: number): Promise<void> {
    await this.#control.query({ text: 'SELECT pg_cancel_backend($1)', values: [processId] });
  }

  override end = (async () => {
    if (this.#isEnded) return;
    this.#isEnded = true;
    // In this order: statements that are still being cancelled need the other pool for it.
    await super.end();
    await this.#control.end();
  }) as Pool['end'];

  /** A connection, waited for at most until the pool's limit or most of the request's time. */
  async #checkOut(): Promise<PoolClient> {
    const { service, connectionsMax, connectionWaitMs } = this.#settings;
    const scope = currentStatementScope();
    const began = performance.now();
    const isFull = this.totalCount >= connectionsMax && this.idleCount === 0;
    const waitMs = connectionWaitWithin(scope?.deadlineMs, connectionWaitMs);
    const connecting = super.connect();
    try {
      const client = await waitAtMost(isFull ? waitMs : undefined, connecting, scope?.signal);
      if (client === 'late') throw databaseBusy(service, connectionsMax, waitMs);
      if (client === 'over')
        throw new SubgraphError(
          'DEADLINE_EXCEEDED',
          'The request was over before a database connection was free.',
        );
      waitOfClient.set(client, performance.now() - began);
      return client;
    } catch (error) {
      if (isFull && error instanceof Error && /timeout exceeded when trying to connect/.test(error.message))
        throw databaseBusy(service, connectionsMax, connectionWaitMs, error);
      throw databaseFailureOf(error, service) ?? error;
    }
  }

  #record(client: PoolClient): void {
    if (this.#recorded.has(client)) return;
    this.#recorded.add(client);
    // While a connection is in use the pool does not listen for its end, and an `error` that nobody hears ends the
    // process. The statement that was under way is told by its own failure.
    client.on('error', (error) =>
      this.#settings.log.debug({ error: error.message }, 'a connection was lost'),
    );
    const send = client.query.bind(client) as unknown as RunQuery;
    const query = (config: unknown, ...rest: unknown[]): unknown => {
      const scope = currentStatementScope();
      // Only statements with a configuration and a promise are a service's own; the rest is the driver's business.
      if (!scope || rest.length > 0 || !isQueryConfig(config))
        return Reflect.apply(send, client, [config, ...rest]);
      const waitMs = waitOfClient.get(client) ?? 0;
      waitOfClient.delete(client);
      const { statementMs } = this.#settings;
      return runRecorded({ pool: this, client, send, config, scope, waitMs, statementMs });
    };
    client.query = query as PoolClient['query'];
  }
}

/**
 * A connection, or why there is none: the wait was too long (`late`), or the request is over, and who has left must not
 * be waited for by a service that stops. `pg` cannot be told to
 * stop waiting, so a connection that comes later goes back at once.
 */
function waitAtMost(
  ms: number | undefined,
  connecting: Promise<PoolClient>,
  signal: AbortSignal | undefined,
): Promise<PoolClient | 'late' | 'over'> {
  return new Promise((resolve, reject) => {
    let isWaiting = true;
    const end = (): boolean => {
      const wasWaiting = isWaiting;
      isWaiting = false;
      clearTimeout(timer);
      signal?.removeEventListener('abort', leave);
      return wasWaiting;
    };
    const leave = (): void => {
      if (end()) resolve('over');
    };
    const timer =
      ms &&
      setTimeout(() => {
        if (end()) resolve('late');
      }, ms);
    if (signal?.aborted) leave();
    else signal?.addEventListener('abort', leave);
    connecting.then(
      (client) => {
        if (end()) resolve(client);
        else client.release();
      },
      (error: unknown) => {
        if (end()) reject(error);
      },
    );
  });
}

/**
 * The URL of sessions that speak of times in UTC and in ISO 8601. Prisma's adapter takes both for granted: it sends a time
 * without a zone, and puts UTC in the place of the zone that comes back. A server that was made on somebody's machine has
 * that machine's zone.
 */
function withPlainTimes(url: string): string {
  const given = /[?&]options=([^&#]*)/.exec(url)?.[1] ?? '';
  return `${url}${url.includes('?') ? '&' : '?'}options=${given}%20-c%20TimeZone=UTC%20-c%20DateStyle=ISO`;
}

const waitOfClient = new WeakMap<PoolClient, number>();

function isQueryConfig(config: unknown): config is QueryConfig {
  return typeof config === 'object' && config !== null && 'text' in config && !('submit' in config);
}
