import type { Logger } from 'pino';

import { databaseFailureOf } from '../database/database-failure.ts';

/** What readiness is read from. */
export interface ReadinessParts {
  readonly service: string;
  readonly isClosing: boolean;
  /** Rejects when the database does not answer. */
  readonly checkDatabase: () => Promise<void>;
  readonly log: Logger;
}

/** The answer to GET /ready. The gateway reads `database` of it (`gateway/http/read-readiness.ts`). */
export interface ReadinessAnswer {
  readonly status: 200 | 503;
  readonly body: {
    readonly status: 'ready' | 'not ready' | 'stopping';
    readonly service: string;
    readonly database?: 'ready' | 'unavailable';
    /** What is the matter, without host, user or password; the log has the rest. */
    readonly reason?: string;
  };
}

/** Whether a service can answer: it is not stopping, and its database answers. */
export async function readReadiness(parts: ReadinessParts): Promise<ReadinessAnswer> {
  const { service, isClosing, checkDatabase, log } = parts;
  if (isClosing) return { status: 503, body: { status: 'stopping', service } };
  try {
    await checkDatabase();
    return { status: 200, body: { status: 'ready', service, database: 'ready' } };
  } catch (error) {
    log.debug({ error: error instanceof Error ? error.message || error.name : String(error) }, 'not ready');
    const failure = databaseFailureOf(error, service);
    const reason =
      failure?.code === 'DATABASE_UNAVAILABLE'
        ? failure.message
        : `The database of ${service} does not answer as it should.`;
    return { status: 503, body: { status: 'not ready', service, database: 'unavailable', reason } };
  }
}
