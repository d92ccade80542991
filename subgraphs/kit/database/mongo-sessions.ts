import type { MongoClient } from 'mongodb';

import { LiveList } from '../live-list.ts';

/** Where the driver keeps what its `close` ends. Its version is pinned, and a test holds what is said here of it. */
interface DriverState {
  readonly s: { activeSessions: Iterable<object>; activeCursors: Iterable<object> };
}

/**
 * Has a client keep its sessions and cursors in lists that do not hold them, and the requests they belong to, beyond
 * their end; the driver's own are Sets.
 */
export function forgetSessions(client: MongoClient): void {
  const { s } = client as unknown as DriverState;
  s.activeSessions = new LiveList();
  s.activeCursors = new LiveList();
}
