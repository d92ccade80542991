import { randomInt } from 'node:crypto';
import { calculateObjectSize, Long } from 'bson';
import { CommandError } from './command-error.ts';
import type { BsonDocument } from './values/bson-document.ts';

/** A batch must fit a message with room for the rest of the answer. */
const BATCH_BYTES_MAX = 16 * 1024 * 1024;
/** What a first batch holds when the client does not say. */
export const FIRST_BATCH_DOCUMENTS = 101;
/** An idle cursor is closed after MongoDB's own ten minutes. */
const IDLE_MS_MAX = 600_000;

interface OpenCursor {
  readonly namespace: string;
  readonly owner: string | null;
  readonly session: string | null;
  readonly documents: readonly BsonDocument[];
  position: number;
  usedAt: number;
}

/** Who opens or continues a cursor. */
export interface CursorUser {
  readonly owner: string | null;
  readonly session: string | null;
}

/** The next documents from a position, as many as one message holds. */
function batchFrom(documents: readonly BsonDocument[], position: number, countMax: number): BsonDocument[] {
  const batch: BsonDocument[] = [];
  let bytes = 0;
  while (batch.length < countMax) {
    const document = documents[position + batch.length];
    if (document === undefined) break;
    bytes += calculateObjectSize(document, { ignoreUndefined: true }) + 16;
    if (batch.length > 0 && bytes > BATCH_BYTES_MAX) break;
    batch.push(document);
  }
  return batch;
}

/** The cursors that clients have not read to their end. */
export class CursorRegistry {
  private readonly cursors = new Map<string, OpenCursor>();

  /** The `cursor` part of an answer with the first documents; keeps the rest under an id. */
  open(
    namespace: string,
    documents: readonly BsonDocument[],
    batchSize: number,
    user: CursorUser,
    isSingleBatch = false,
  ): BsonDocument {
    this.closeIdle();
    const firstBatch = batchFrom(documents, 0, batchSize);
    const isDone = isSingleBatch || firstBatch.length >= documents.length;
    let id = Long.ZERO;
    if (!isDone) {
      id = Long.fromNumber(randomInt(1, 2 ** 47));
      this.cursors.set(id.toString(), {
        namespace,
        ...user,
        documents,
        position: firstBatch.length,
        usedAt: Date.now(),
      });
    }
    return { firstBatch, id, ns: namespace };
  }

  /** The `cursor` part of an answer to getMore. Throws CursorNotFound. */
  next(id: Long, namespace: string, batchSize: number, user: CursorUser): BsonDocument {
    const cursor = this.cursors.get(id.toString());
    if (cursor === undefined) {
      throw new CommandError('CursorNotFound', `cursor id ${id.toString()} not found`);
    }
    if (cursor.namespace !== namespace || cursor.owner !== user.owner) {
      throw new CommandError(
        'Unauthorized',
        `Requested getMore on namespace '${namespace}', but cursor belongs to a different namespace ${cursor.namespace}`,
      );
    }
    const nextBatch = batchFrom(cursor.documents, cursor.position, batchSize);
    cursor.position += nextBatch.length;
    cursor.usedAt = Date.now();
    const isDone = cursor.position >= cursor.documents.length;
    if (isDone) this.cursors.delete(id.toString());
    return { nextBatch, id: isDone ? Long.ZERO : id, ns: namespace };
  }

  /** Closes a cursor; false when there is none. */
  kill(id: Long, owner: string | null): boolean {
    const cursor = this.cursors.get(id.toString());
    return cursor?.owner === owner && this.cursors.delete(id.toString());
  }

  killSession(session: string): void {
    for (const [id, cursor] of this.cursors) if (cursor.session === session) this.cursors.delete(id);
  }

  get size(): number {
    return this.cursors.size;
  }

  private closeIdle(): void {
    const oldest = Date.now() - IDLE_MS_MAX;
    for (const [id, cursor] of this.cursors) if (cursor.usedAt < oldest) this.cursors.delete(id);
  }
}
