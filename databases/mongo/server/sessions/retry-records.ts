import type { BsonDocument } from '../values/bson-document.ts';

/** The answer to the last retryable write or commit of a session. */
export interface RetryRecord {
  readonly session: string;
  readonly number: number;
  readonly reply: BsonDocument;
}

/** How many sessions are remembered; the longest unused go first. */
const SESSIONS_MAX = 10_000;

/**
 * What was answered to each session's last numbered write. It is in the same journal record as the
 * write itself, so a repetition after a crash gets the answer and does not write twice.
 */
export class RetryRecords {
  private readonly bySession = new Map<string, RetryRecord>();

  find(session: string): RetryRecord | undefined {
    return this.bySession.get(session);
  }

  remember({ session, number, reply }: RetryRecord): void {
    this.bySession.delete(session);
    this.bySession.set(session, { session, number, reply });
    if (this.bySession.size <= SESSIONS_MAX) return;
    for (const oldest of this.bySession.keys()) {
      this.bySession.delete(oldest);
      return;
    }
  }

  all(): Iterable<RetryRecord> {
    return this.bySession.values();
  }
}
