import { MongoClient } from 'mongodb';
import { describe, expect, test } from 'vitest';

import { type ContractContext, errorOf } from './contract-context.ts';

/** Log-in, errors of the protocol, time limits and the profiler. */
export function describeProtocol({ rows, db, mongo }: ContractContext): void {
  const connectAs = async (user: string | null, password: string): Promise<MongoClient> => {
    const { address, authSource, database } = mongo();
    const client = new MongoClient(`${address}/${database}`, {
      directConnection: true,
      serverSelectionTimeoutMS: 30_000,
      ...(user === null ? {} : { auth: { username: user, password }, authSource }),
    });
    return await client.connect();
  };

  describe('log-in', () => {
    test('refuses a wrong password', async () => {
      await expect(connectAs(mongo().user, 'wrong')).rejects.toMatchObject({
        code: 18,
        codeName: 'AuthenticationFailed',
      });
    });

    test('refuses an unknown user', async () => {
      await expect(connectAs('nobody', 'x')).rejects.toMatchObject({ code: 18 });
    });

    test('is needed before anything else', async () => {
      const client = await connectAs(null, '');
      await expect(client.db(mongo().database).collection('rows').findOne()).rejects.toMatchObject({
        code: 13,
      });
      expect(await client.db('admin').command({ ping: 1 })).toMatchObject({ ok: 1 });
      await client.close();
    });

    test('as a reader does not let write', async () => {
      await db().command({ createUser: 'contract_reader', pwd: 'secret', roles: ['read'] });
      const { address, database } = mongo();
      const client = new MongoClient(`${address}/${database}`, {
        directConnection: true,
        auth: { username: 'contract_reader', password: 'secret' },
        authSource: database,
      });
      try {
        await rows().insertOne({ _id: 1 });
        expect(await client.db().collection('rows').countDocuments()).toBe(1);
        await expect(client.db().collection('rows').insertOne({})).rejects.toMatchObject({ code: 13 });
        await expect(client.db().collection('rows').createIndex({ a: 1 })).rejects.toMatchObject({
          code: 13,
        });
        await expect(client.db().collection('rows').drop()).rejects.toMatchObject({ code: 13 });
        await expect(client.db('admin').collection('x').findOne()).rejects.toMatchObject({ code: 13 });
      } finally {
        await client.close();
        await db().command({ dropUser: 'contract_reader' });
      }
    });
  });

  describe('commands', () => {
    test('hello tells of a replica set with its primary', async () => {
      expect(await db().command({ hello: 1 })).toMatchObject({
        isWritablePrimary: true,
        setName: expect.any(String),
        logicalSessionTimeoutMinutes: 30,
      });
    });

    test('that are unknown are refused', async () => {
      expect(await errorOf(db().command({ frobnicate: 1 }))).toMatchObject({
        code: 59,
        codeName: 'CommandNotFound',
      });
    });

    test('with an unknown field are refused', async () => {
      expect(await errorOf(db().command({ find: 'rows', frobnicate: 1 }))).toMatchObject({ code: 40415 });
    });

    test('with a field of the wrong type are refused', async () => {
      expect(await errorOf(db().command({ find: 'rows', filter: 5 }))).toMatchObject({
        code: 14,
        codeName: 'TypeMismatch',
      });
    });

    test('with a negative limit are refused', async () => {
      expect(await errorOf(db().command({ find: 'rows', limit: -1 }))).toMatchObject({ code: 51024 });
    });

    test('an aggregate without cursor is refused', async () => {
      expect(await errorOf(db().command({ aggregate: 'rows', pipeline: [] }))).toMatchObject({ code: 9 });
    });

    test('a write concern that cannot be met is told of, and the write is done', async () => {
      await errorOf(rows().insertOne({ _id: 1 }, { writeConcern: { w: 5 } }));
      expect(await rows().countDocuments()).toBe(1);
    });

    test('an unacknowledged write gets no answer and is done', async () => {
      await rows().insertOne({ _id: 1 }, { writeConcern: { w: 0 } });
      await expect.poll(async () => await rows().countDocuments()).toBe(1);
    });
  });

  describe('time limits', () => {
    test('end a long aggregation', async () => {
      await rows().insertMany(
        Array.from({ length: 400 }, (_, _id) => ({ _id, v: Array.from({ length: 50 }, (_unused, v) => v) })),
      );
      const cross = { from: 'rows', pipeline: [{ $unwind: '$v' }, { $unwind: '$v' }], as: 'all' };
      const before = performance.now();
      const error = await errorOf(
        rows()
          .aggregate(
            [
              { $unwind: '$v' },
              { $lookup: cross },
              { $unwind: '$all' },
              { $group: { _id: '$all.v', n: { $sum: 1 } } },
            ],
            { maxTimeMS: 50 },
          )
          .toArray(),
      );
      expect(error).toMatchObject({ code: 50, codeName: 'MaxTimeMSExpired' });
      // Without a limit it takes hours.
      expect(performance.now() - before).toBeLessThan(20_000);
    });

    test('that are not reached change nothing', async () => {
      await rows().insertOne({ _id: 1 });
      expect(await rows().find({}, { maxTimeMS: 10_000 }).toArray()).toHaveLength(1);
    });
  });

  describe('the profiler', () => {
    test('notes each command with its comment', async () => {
      await rows().insertOne({ _id: 1 });
      await db().command({ profile: 2 });
      await rows().find({ _id: 1 }, { comment: 'first reason' }).toArray();
      await rows().updateOne({ _id: 1 }, { $set: { a: 1 } }, { comment: 'second reason' });
      await rows().aggregate([], { comment: 'third reason' }).toArray();
      await db().command({ profile: 0 });
      const profile = db().collection('system.profile');
      const noted = await profile
        .find({ 'command.comment': /reason$/ })
        .sort({ ts: 1 })
        .toArray();
      expect(noted.map(({ command }) => command.comment)).toContain('first reason');
      expect(noted.length).toBeGreaterThanOrEqual(2);
      expect(await profile.countDocuments({ ns: `${mongo().database}.rows`, op: 'query' })).toBe(1);
      await profile.drop();
    });
  });
}
