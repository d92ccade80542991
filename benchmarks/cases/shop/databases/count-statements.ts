import { MongoClient } from 'mongodb';
import { Client } from 'pg';

/** Counts, by the database itself, the statements that it was sent. */
export interface StatementCounter {
  /** How many since the counter was made; whoever sent them, but for the counter itself. */
  count(): Promise<number>;
  close(): Promise<void>;
}

/** By pg_stat_statements, without what the owner asks and without probes for health. */
export async function openPostgresCounter(ownerUrl: string): Promise<StatementCounter> {
  const client = new Client({ connectionString: ownerUrl });
  await client.connect();
  return {
    async count() {
      const { rows } = await client.query<{ calls: string }>(
        `SELECT coalesce(sum(calls), 0) AS calls FROM pg_stat_statements
         WHERE userid <> (SELECT oid FROM pg_roles WHERE rolname = current_user)
           AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
           AND query NOT IN ('SELECT $1', 'SELECT 1')`,
      );
      return Number(rows[0]?.calls);
    },
    close: () => client.end(),
  };
}

const commands = [
  'find',
  'aggregate',
  'count',
  'distinct',
  'insert',
  'update',
  'delete',
  'findAndModify',
  'getMore',
];

/** By the profiler, which notes every command while the counter is open; it costs time, so no load is measured then. */
export async function openMongoCounter(ownerUrl: string): Promise<StatementCounter> {
  const client = await new MongoClient(ownerUrl).connect();
  const database = client.db();
  const since = new Date();
  await database.command({ profile: 2 });
  return {
    count: () =>
      database.collection('system.profile').countDocuments({
        ts: { $gte: since },
        ns: { $not: /system\.profile$/ },
        $or: commands.map((command) => ({ [`command.${command}`]: { $exists: true } })),
      }),
    async close() {
      await database.command({ profile: 0 });
      await client.close();
    },
  };
}
