import type { DatabaseOptions, RunningDatabase } from './database.ts';
import { reachUrl } from './reach-url.ts';

/**
 * Gives a service its database: the one behind `<SERVICE>_DATABASE_URL` when that is set, else the embedded
 * one of its kind in `options.folder`. `<SERVICE>_DATABASE_OWNER_URL` is the way in for migrations and is the
 * same URL when unset.
 *
 * @throws {DatabaseError} when it cannot be had.
 */
export async function openDatabase(options: DatabaseOptions): Promise<RunningDatabase> {
  const { variable, ownerVariable } = nameVariables(options.service);
  const url = options.environment[variable];
  if (url === undefined || url === '') return await openEmbedded(options);
  const ownerUrl = options.environment[ownerVariable];
  const { kind, service } = options;
  const reached = await reachUrl({ variable, url, kind });
  if (ownerUrl) await reachUrl({ variable: ownerVariable, url: ownerUrl, kind });
  return {
    service,
    kind,
    source: 'url',
    ...reached,
    url,
    ownerUrl: ownerUrl ? ownerUrl : url,
    isNew: false,
    // Never settles: whether it lives is not ours to watch.
    died: new Promise(() => undefined),
    async close() {
      // Not ours to stop.
    },
  };
}

/** `ORDER_HISTORY_DATABASE_URL` for `order-history`. */
export function nameVariables(service: string): {
  readonly variable: string;
  readonly ownerVariable: string;
} {
  const prefix = service.toUpperCase().replaceAll('-', '_');
  return { variable: `${prefix}_DATABASE_URL`, ownerVariable: `${prefix}_DATABASE_OWNER_URL` };
}

async function openEmbedded(options: DatabaseOptions): Promise<RunningDatabase> {
  if (options.kind === 'mongo') {
    const { openMongoDatabase } = await import('./mongo/open-mongo-database.ts');
    return await openMongoDatabase(options);
  }
  const { openPostgresDatabase } = await import('./postgres/open-postgres-database.ts');
  return await openPostgresDatabase(options);
}
