import { describe, expect, test } from 'vitest';

import { type ContractContext, errorOf } from './contract-context.ts';

/** Collections and their validators. */
export function describeCollections({ rows, db }: ContractContext): void {
  describe('collections', () => {
    test('are made, listed and dropped', async () => {
      await db().createCollection('rows');
      expect((await db().listCollections({ name: 'rows' }).toArray())[0]).toMatchObject({
        name: 'rows',
        type: 'collection',
        idIndex: { key: { _id: 1 } },
      });
      await db().createCollection('other');
      await db().dropCollection('other');
      expect((await db().listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name)).toEqual([
        'rows',
      ]);
    });

    test('are made twice only when they are the same', async () => {
      await db().createCollection('rows');
      await db().createCollection('rows');
      await expect(db().createCollection('rows', { validator: { a: 1 } })).rejects.toMatchObject({
        code: 48,
      });
    });

    test('a name with a dollar is refused', async () => {
      await expect(db().createCollection('a$b')).rejects.toMatchObject({ code: 73 });
    });
  });

  describe('validators', () => {
    const schema = {
      $jsonSchema: {
        bsonType: 'object',
        required: ['name', 'price'],
        properties: {
          name: { bsonType: 'string', minLength: 1 },
          price: { bsonType: 'int', minimum: 0 },
          kind: { enum: ['book', 'device'] },
          tags: { bsonType: 'array', items: { bsonType: 'string' }, uniqueItems: true },
        },
      },
    };
    const GOOD = { name: 'x', price: 1 };

    test.each<[string, object]>([
      ['a missing field', { name: 'x' }],
      ['a wrong type', { name: 'x', price: 'y' }],
      ['a value below its minimum', { name: 'x', price: -1 }],
      ['a text that is too short', { name: '', price: 1 }],
      ['a value that is not in an enum', { ...GOOD, kind: 'car' }],
      ['a wrong item', { ...GOOD, tags: ['a', 1] }],
      ['an item twice', { ...GOOD, tags: ['a', 'a'] }],
    ])('refuse %s', async (_name, document) => {
      await db().createCollection('rows', { validator: schema });
      await rows().insertOne({ ...GOOD, kind: 'book', tags: ['a'] });
      expect(await errorOf(rows().insertOne({ ...document }))).toMatchObject({
        code: 121,
        errInfo: { failingDocumentId: expect.anything(), details: { operatorName: '$jsonSchema' } },
      });
    });

    test('hold for updates too, and can be changed', async () => {
      await db().createCollection('rows', { validator: schema });
      await rows().insertOne({ _id: 1, ...GOOD });
      await expect(rows().updateOne({ _id: 1 }, { $set: { price: -5 } })).rejects.toMatchObject({
        code: 121,
      });
      await db().command({ collMod: 'rows', validator: { price: { $lt: 100 } } });
      await rows().updateOne({ _id: 1 }, { $set: { price: -5 } });
      await expect(rows().insertOne({ price: 100 })).rejects.toMatchObject({ code: 121 });
    });

    test('can be passed over by who may', async () => {
      await db().createCollection('rows', { validator: { a: 1 } });
      await rows().insertOne({ a: 2 }, { bypassDocumentValidation: true });
      expect(await rows().countDocuments()).toBe(1);
    });

    test('of an unknown operator are refused', async () => {
      await expect(db().createCollection('rows', { validator: { a: { $foo: 1 } } })).rejects.toMatchObject({
        code: 2,
      });
    });
  });
}
