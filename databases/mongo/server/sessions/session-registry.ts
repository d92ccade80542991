import { Binary } from 'bson';
import { CommandError } from '../command-error.ts';
import type { Operation } from '../storage/operations.ts';
import type { Store } from '../storage/store.ts';
import type { Transaction } from '../storage/transaction.ts';
import type { BsonDocument } from '../values/bson-document.ts';

/** MongoDB's transactionLifetimeLimitSeconds. */
const TRANSACTION_MS_MAX = 60_000;
/** Sessions that nobody has used for this long are forgotten: logicalSessionTimeoutMinutes. */
export const SESSION_TIMEOUT_MINUTES = 30;

interface Session {
  usedAt: number;
  /** The number of the transaction that is open or ended last. */
  number: number;
  transaction: Transaction | null;
  timer: NodeJS.Timeout | null;
}

function noSuchTransaction(number: number, reason: string): CommandError {
  return new CommandError(
    'NoSuchTransaction',
    `Given transaction number ${number} does not match any in-progress transactions. ${reason}`,
    {},
    ['TransientTransactionError'],
  );
}

/** The logical sessions and their open transactions. */
export class SessionRegistry {
  private readonly sessions = new Map<string, Session>();
  private readonly store: Store;
  /** Persists what ending an abandoned transaction changed. */
  private readonly persist: (operations: readonly Operation[]) => void;

  constructor(store: Store, persist: (operations: readonly Operation[]) => void) {
    this.store = store;
    this.persist = persist;
  }

  /** Notes that a session is in use. */
  touch(id: string): void {
    const session = this.sessionOf(id);
    session.usedAt = Date.now();
    if (this.sessions.size > 1000) this.forgetUnused();
  }

  /** Begins a transaction; a former one of the session that is still open is aborted. */
  start(id: string, number: number): Transaction {
    const session = this.sessionOf(id);
    if (number < session.number) throw this.tooOld(session, number);
    if (number === session.number && session.transaction !== null) {
      throw new CommandError(
        'ConflictingOperationInProgress',
        `Given transaction number ${number} is already in use in the session`,
      );
    }
    this.abandon(session);
    session.number = number;
    const transaction = this.store.begin();
    session.transaction = transaction;
    session.timer = setTimeout(() => this.abandon(session), TRANSACTION_MS_MAX);
    session.timer.unref();
    return transaction;
  }

  /** The open transaction that a later statement continues. */
  resume(id: string, number: number): Transaction {
    const session = this.sessionOf(id);
    if (number < session.number) throw this.tooOld(session, number);
    const { transaction } = session;
    if (number !== session.number || transaction === null || transaction.state === 'aborted') {
      throw noSuchTransaction(number, `Transaction ${number} has been aborted.`);
    }
    if (transaction.state === 'committed') {
      throw new CommandError('TransactionCommitted', `Transaction ${number} has been committed.`);
    }
    return transaction;
  }

  /** Commits; `null` when the transaction is committed already. Returns what must be persisted. */
  commit(id: string, number: number): Operation[] | null {
    const session = this.sessionOf(id);
    const remembered = this.store.retries.find(id);
    if (remembered?.number === number && session.transaction?.state !== 'open') return null;
    if (session.number === number && session.transaction?.state === 'committed') return null;
    const transaction = this.resume(id, number);
    this.stopTimer(session);
    return this.store.commit(transaction);
  }

  /** Aborts. Throws NoSuchTransaction when there is nothing to abort. */
  abort(id: string, number: number): Operation[] {
    const session = this.sessionOf(id);
    const transaction = this.resume(id, number);
    this.stopTimer(session);
    return this.store.abort(transaction);
  }

  /** Ends sessions: open transactions are aborted. */
  end(id: string): void {
    const session = this.sessions.get(id);
    if (session === undefined) return;
    this.abandon(session);
    this.sessions.delete(id);
  }

  /** A numbered write or transaction must not be older than the newest of its session. */
  checkNumber(id: string, number: number): void {
    const session = this.sessionOf(id);
    if (number < session.number) throw this.tooOld(session, number);
    if (number > session.number) this.abandon(session);
    session.number = number;
  }

  /** Aborts whatever is open, for the end of the server. */
  close(): void {
    for (const session of this.sessions.values()) this.abandon(session);
    this.sessions.clear();
  }

  private sessionOf(id: string): Session {
    const known = this.sessions.get(id);
    if (known !== undefined) return known;
    const number = this.store.retries.find(id)?.number ?? -1;
    const session: Session = { usedAt: Date.now(), number, transaction: null, timer: null };
    this.sessions.set(id, session);
    return session;
  }

  private abandon(session: Session): void {
    this.stopTimer(session);
    if (session.transaction?.state === 'open') this.persist(this.store.abort(session.transaction));
  }

  private stopTimer(session: Session): void {
    if (session.timer !== null) clearTimeout(session.timer);
    session.timer = null;
  }

  private tooOld(session: Session, number: number): CommandError {
    return new CommandError(
      'TransactionTooOld',
      `Cannot start transaction ${number} because a newer transaction ${session.number} has already started`,
    );
  }

  private forgetUnused(): void {
    const oldest = Date.now() - SESSION_TIMEOUT_MINUTES * 60_000;
    for (const [id, session] of this.sessions) if (session.usedAt < oldest) this.end(id);
  }
}

/** A session's key: the hexadecimal form of its id. */
export function sessionKey(lsid: BsonDocument): string {
  const { id } = lsid;
  if (id instanceof Binary) return Buffer.from(id.value()).toString('hex');
  throw new CommandError('Location40414', "BSON field 'lsid.id' is missing but a required field");
}
