import type { ClientSession } from 'mongodb';
import { MongoClient, MongoServerError } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { type ContractContext, errorOf } from './contract-context.ts';

/** Transactions, sessions and retryable writes. */
export function describeTransactions({ rows, db, mongo }: ContractContext): void {
  describe('transactions', () => {
    let session: ClientSession;
    let other: ClientSession;

    beforeEach(async () => {
      session = mongo().client.startSession();
      other = mongo().client.startSession();
      await rows().insertMany([
        { _id: 1, n: 1 },
        { _id: 2, n: 2 },
      ]);
    });

    afterEach(async () => {
      await session.endSession();
      await other.endSession();
    });

    test('show their writes to themselves alone until they commit', async () => {
      session.startTransaction();
      await rows().updateOne({ _id: 1 }, { $set: { n: 10 } }, { session });
      await rows().insertOne({ _id: 3, n: 3 }, { session });
      await rows().deleteOne({ _id: 2 }, { session });
      const inside = await rows().find({}, { session }).sort({ _id: 1 }).toArray();
      expect(inside).toEqual([
        { _id: 1, n: 10 },
        { _id: 3, n: 3 },
      ]);
      expect(await rows().find().sort({ _id: 1 }).toArray()).toEqual([
        { _id: 1, n: 1 },
        { _id: 2, n: 2 },
      ]);
      await session.commitTransaction();
      expect(await rows().find().sort({ _id: 1 }).toArray()).toEqual([
        { _id: 1, n: 10 },
        { _id: 3, n: 3 },
      ]);
    });

    test('that abort leave nothing', async () => {
      session.startTransaction();
      await rows().insertOne({ _id: 3 }, { session });
      await rows().updateMany({}, { $inc: { n: 100 } }, { session });
      await session.abortTransaction();
      expect(await rows().find().sort({ _id: 1 }).toArray()).toEqual([
        { _id: 1, n: 1 },
        { _id: 2, n: 2 },
      ]);
    });

    test('read the state of their beginning', async () => {
      session.startTransaction({ readConcern: { level: 'snapshot' } });
      expect(await rows().countDocuments({ n: { $gt: 0 } }, { session })).toBe(2);
      await rows().insertOne({ _id: 3, n: 3 });
      await rows().updateOne({ _id: 1 }, { $set: { n: 50 } });
      await rows().deleteOne({ _id: 2 });
      expect(await rows().find({}, { session }).sort({ _id: 1 }).toArray()).toEqual([
        { _id: 1, n: 1 },
        { _id: 2, n: 2 },
      ]);
      expect(
        await rows()
          .aggregate([{ $group: { _id: null, sum: { $sum: '$n' } } }], { session })
          .toArray(),
      ).toEqual([{ _id: null, sum: 3 }]);
      await session.commitTransaction();
      expect(await rows().countDocuments()).toBe(2);
    });

    test('read the state of their beginning through an index', async () => {
      await rows().createIndex({ n: 1 });
      session.startTransaction();
      expect(await rows().countDocuments({ n: 1 }, { session })).toBe(1);
      await rows().updateOne({ _id: 1 }, { $set: { n: 50 } });
      await rows().updateOne({ _id: 2 }, { $set: { n: 1 } });
      expect((await rows().find({ n: 1 }, { session }).toArray()).map(({ _id }) => _id)).toEqual([1]);
      await session.abortTransaction();
    });

    test('conflict when two write the same document', async () => {
      session.startTransaction();
      other.startTransaction();
      await rows().updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
      const error = await errorOf(rows().updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session: other }));
      expect(error).toMatchObject({ code: 112, codeName: 'WriteConflict' });
      const isTransient =
        error instanceof MongoServerError && error.hasErrorLabel('TransientTransactionError');
      expect(isTransient).toBe(true);
      await session.commitTransaction();
      expect((await rows().findOne({ _id: 1 }))?.['n']).toBe(2);
    });

    test('conflict with a document that changed since they began', async () => {
      session.startTransaction();
      await rows().findOne({ _id: 2 }, { session });
      await rows().updateOne({ _id: 1 }, { $set: { n: 5 } });
      await expect(rows().updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session })).rejects.toMatchObject({
        code: 112,
      });
    });

    test('run by withTransaction are tried again after a conflict', async () => {
      const transfer = async (): Promise<void> => {
        await mongo().client.withSession(async (own) => {
          await own.withTransaction(async () => {
            const row = await rows().findOne({ _id: 1 }, { session: own });
            await rows().updateOne({ _id: 1 }, { $set: { n: Number(row?.['n']) + 1 } }, { session: own });
          });
        });
      };
      await Promise.all(Array.from({ length: 5 }, transfer));
      expect((await rows().findOne({ _id: 1 }))?.['n']).toBe(6);
    });

    test('that end are over', async () => {
      session.startTransaction();
      await rows().insertOne({ _id: 3 }, { session });
      await expect(rows().insertOne({ _id: 3 }, { session })).rejects.toMatchObject({ code: 11000 });
      // A failed write has ended it.
      await expect(rows().findOne({}, { session })).rejects.toMatchObject({ code: 251 });
      await session.abortTransaction();
      expect(await rows().countDocuments()).toBe(2);
    });

    test('cover several collections at once', async () => {
      await db().createCollection('log');
      await session.withTransaction(async () => {
        await rows().updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
        await db().collection('log').insertOne({ what: 'inc' }, { session });
      });
      expect(await db().collection('log').countDocuments()).toBe(1);
      session.startTransaction();
      await rows().updateOne({ _id: 1 }, { $inc: { n: 1 } }, { session });
      await db().collection('log').insertOne({ what: 'inc' }, { session });
      await session.abortTransaction();
      expect(await db().collection('log').countDocuments()).toBe(1);
      expect((await rows().findOne({ _id: 1 }))?.['n']).toBe(2);
    });

    test('hold off a plain write until they end', async () => {
      session.startTransaction();
      await rows().updateOne({ _id: 1 }, { $set: { n: 10 } }, { session });
      const late = rows().updateOne({ _id: 1 }, { $inc: { n: 1 } });
      expect((await rows().findOne({ _id: 1 }))?.['n']).toBe(1);
      await session.commitTransaction();
      await late;
      expect((await rows().findOne({ _id: 1 }))?.['n']).toBe(11);
    });

    test('a plain write does not wait beyond its maxTimeMS', async () => {
      session.startTransaction();
      await rows().updateOne({ _id: 1 }, { $set: { n: 10 } }, { session });
      await expect(
        rows().updateOne({ _id: 1 }, { $inc: { n: 1 } }, { maxTimeMS: 100 }),
      ).rejects.toMatchObject({ code: 50 });
      await session.abortTransaction();
    });

    test('keep unique indexes', async () => {
      await rows().createIndex({ n: 1 }, { unique: true });
      session.startTransaction();
      await rows().deleteOne({ _id: 1 }, { session });
      await rows().insertOne({ _id: 3, n: 1 }, { session });
      await session.commitTransaction();
      expect(await rows().find().sort({ _id: 1 }).toArray()).toEqual([
        { _id: 2, n: 2 },
        { _id: 3, n: 1 },
      ]);
    });

    test('can be committed twice but not aborted afterwards', async () => {
      session.startTransaction();
      await rows().insertOne({ _id: 3 }, { session });
      await session.commitTransaction();
      await session.commitTransaction();
      expect(await rows().countDocuments()).toBe(3);
    });

    test('do not list databases', async () => {
      session.startTransaction();
      await expect(db().command({ listCollections: 1 }, { session })).rejects.toMatchObject({ code: 263 });
      await session.abortTransaction();
    });
  });

  describe('retryable writes', () => {
    test('that come twice are done once', async () => {
      await rows().insertOne({ _id: 1, n: 0 });
      // A client of its own, whose session has no number yet.
      const { address, user, password, authSource, database } = mongo();
      const auth = { username: user, password };
      const client = await new MongoClient(address, { auth, authSource, directConnection: true }).connect();
      const session = client.startSession();
      const send = async (txnNumber: number): Promise<object> =>
        await client.db(database).command(
          {
            findAndModify: 'rows',
            query: { _id: 1 },
            update: { $inc: { n: 1 } },
            new: true,
            txnNumber: BigInt(txnNumber),
          },
          { session },
        );
      // Sent as plain commands: the driver itself would give each a number of its own.
      const first = await send(1);
      expect(await send(1)).toMatchObject({ value: { n: 1 } });
      expect(first).toMatchObject({ value: { n: 1 } });
      expect(await send(2)).toMatchObject({ value: { n: 2 } });
      await expect(send(1)).rejects.toMatchObject({ code: 225 });
      await session.endSession();
      await client.close();
    });
  });
}
