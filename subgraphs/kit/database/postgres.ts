import { PrismaPg } from '@prisma/adapter-pg';

import { RecordedPool } from './postgres-pool.ts';
import type { OpenDatabase } from './service-database.ts';

/** What the kit needs of a generated Prisma client. */
interface PrismaClientLike {
  $connect(): Promise<void>;
  $disconnect(): Promise<void>;
}

/** What a generated Prisma client is made with. */
export interface PrismaOptions {
  readonly adapter: PrismaPg;
  /** In milliseconds. */
  readonly transactionOptions: { readonly maxWait: number; readonly timeout: number };
}

/** How a service's database is opened with its generated Prisma client. */
export function openPrisma<Client extends PrismaClientLike>(
  createClient: (options: PrismaOptions) => Client,
): OpenDatabase<Client> {
  return (settings) => {
    const pool = new RecordedPool(settings);
    const { connectionWaitMs, statementMs } = settings;
    const client = createClient({
      adapter: new PrismaPg(pool),
      // The pool bounds the wait and the request's time bounds the rest. Prisma's own limits (2 and 5 seconds) would come
      // before, with an error that says nothing of either.
      transactionOptions: { maxWait: connectionWaitMs + statementMs, timeout: statementMs },
    });
    let closing: Promise<void> | undefined;
    return {
      client,
      system: 'postgresql',
      pool: () => pool.state,
      async check(signal) {
        await Promise.race([pool.ping(), rejectOnAbort(signal)]);
      },
      // Prisma compiles its engine, which takes most of a second of processor time.
      warm: () => client.$connect(),
      close() {
        closing ??= client.$disconnect().then(() => pool.end());
        return closing;
      },
    };
  };
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const fail = () => reject(new Error('The database did not answer in time.'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
}
