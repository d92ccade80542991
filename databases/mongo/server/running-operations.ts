import { CommandError } from './command-error.ts';
import type { Deadline } from './deadline.ts';
import type { BsonDocument } from './values/bson-document.ts';

/** A command that is being run. */
export interface RunningOperation {
  readonly id: number;
  readonly connectionId: number;
  /** Who runs it, such as `reviews.reviews_service`. */
  readonly owner: string | null;
  readonly startedMs: number;
  readonly deadline: Deadline;
  /** What `$currentOp` shows of it. */
  readonly describe: () => BsonDocument;
}

/** The commands that are being run: to be shown, and to be ended before their time. */
export class RunningOperations {
  private readonly operations = new Map<number, RunningOperation>();
  private last = 0;

  begin(operation: Omit<RunningOperation, 'id' | 'startedMs'>): RunningOperation {
    this.last += 1;
    const begun = { ...operation, id: this.last, startedMs: performance.now() };
    this.operations.set(begun.id, begun);
    return begun;
  }

  end({ id }: RunningOperation): void {
    this.operations.delete(id);
  }

  list(): readonly RunningOperation[] {
    return [...this.operations.values()];
  }

  /** Ends an operation of `owner`, or (`undefined`) of anybody. */
  kill(id: number, owner: string | null | undefined): void {
    const found = this.operations.get(id);
    if (found === undefined || (owner !== undefined && found.owner !== owner)) return;
    found.deadline.cancel(new CommandError('Interrupted', 'operation was interrupted'));
  }

  /** Ends what a client left behind that has gone. */
  killConnection(connectionId: number): void {
    for (const { connectionId: id, deadline } of this.operations.values()) {
      if (id !== connectionId) continue;
      deadline.cancel(new CommandError('ClientDisconnect', 'the client has gone away'));
    }
  }
}
