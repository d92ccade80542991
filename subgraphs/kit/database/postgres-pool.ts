import { Pool, type PoolClient, type QueryConfig } from 'pg';

import { currentStatementScope } from '../statements/statement-scope.ts';
import { SubgraphError } from '../subgraph-error.ts';
import { databaseFailureOf, isConnectionLost } from './database-failure.ts';
import type { DatabaseSettings } from './service-database.ts';
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
    const connection = { connectionString: settings.url, application_name: `freehold ${settings.service}` };
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
    const client = await this.#checkOut();
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

  /** A connection, waited for at most until the pool's limit or the request's deadline. */
  async #checkOut(): Promise<PoolClient> {
    const scope = currentStatementScope();
    const began = performance.now();
    const isFull = this.totalCount >= this.#settings.connectionsMax && this.idleCount === 0;
    try {
      const client = await this.#connectInTime(scope?.signal);
      waitOfClient.set(client, performance.now() - began);
      return client;
    } catch (error) {
      if (
        !isFull ||
        !(error instanceof Error) ||
        !/timeout exceeded when trying to connect/.test(error.message)
      )
        throw databaseFailureOf(error, this.#settings.service) ?? error;
      throw new SubgraphError(
        'DATABASE_BUSY',
        `The database of ${this.#settings.service} is busy: all ${this.#settings.connectionsMax} connections are in use, ` +
          `and none became free within ${this.#settings.connectionWaitMs} ms.`,
        { cause: error },
      );
    }
  }

  /** Waits no longer than the request: who has left must not be waited for by a service that stops. */
  async #connectInTime(signal: AbortSignal | undefined): Promise<PoolClient> {
    const connecting = this.connect();
    if (signal === undefined) return connecting;
    return await new Promise((resolve, reject) => {
      const leave = (): void => {
        connecting.then(
          (client) => client.release(),
          () => undefined,
        );
        reject(
          new SubgraphError(
            'DEADLINE_EXCEEDED',
            'The request was over before a database connection was free.',
          ),
        );
      };
      if (signal.aborted) return leave();
      signal.addEventListener('abort', leave, { once: true });
      connecting.finally(() => signal.removeEventListener('abort', leave)).then(resolve, reject);
    });
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

const waitOfClient = new WeakMap<PoolClient, number>();

function isQueryConfig(config: unknown): config is QueryConfig {
  return typeof config === 'object' && config !== null && 'text' in config && !('submit' in config);
}
