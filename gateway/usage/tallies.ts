import type { UsageFile } from './usage-file.ts';

/** How often, and when last, as milliseconds since 1970. */
interface Tally {
  calls: number;
  lastSeenMs: number;
}

/** Calls by client. */
export type ClientTallies = Map<string, Tally>;

/** Calls by client, under the name of an operation or a coordinate. */
export type TalliesByName = Map<string, ClientTallies>;

type ClientRecords = UsageFile['coordinates'];

/** Adds calls of a client. */
export function addCalls(tallies: ClientTallies, client: string, calls: number, lastSeenMs: number): void {
  const known = tallies.get(client);
  if (known === undefined) tallies.set(client, { calls, lastSeenMs });
  else {
    known.calls += calls;
    known.lastSeenMs = Math.max(known.lastSeenMs, lastSeenMs);
  }
}

/** The calls under a name, to be added to. */
export function talliesOf(byName: TalliesByName, name: string): ClientTallies {
  const known = byName.get(name);
  if (known !== undefined) return known;
  const made: ClientTallies = new Map();
  byName.set(name, made);
  return made;
}

/** Adds what a file says. */
export function addRecords(byName: TalliesByName, records: ClientRecords): void {
  for (const [name, clients] of Object.entries(records))
    for (const client of clients)
      addCalls(talliesOf(byName, name), client.name, client.calls, Date.parse(client.lastSeen));
}

/** Forgets who was last seen before an instant. */
export function dropOlder(byName: TalliesByName, instantMs: number): void {
  for (const [name, tallies] of byName) {
    for (const [client, { lastSeenMs }] of tallies) if (lastSeenMs < instantMs) tallies.delete(client);
    if (tallies.size === 0) byName.delete(name);
  }
}

/** The calls as a file says them, sorted so that two files can be compared. */
export function printRecords(byName: TalliesByName): ClientRecords {
  const names = [...byName.keys()].sort();
  return Object.fromEntries(
    names.map((name) => {
      const clients = [...talliesOf(byName, name)].map(([client, { calls, lastSeenMs }]) => ({
        name: client,
        calls,
        lastSeen: new Date(lastSeenMs).toISOString(),
      }));
      return [name, clients.sort((a, b) => (a.name < b.name ? -1 : 1))];
    }),
  );
}
