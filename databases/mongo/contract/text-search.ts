import { describe, expect, test } from 'vitest';

import type { ContractContext } from './contract-context.ts';

/** Text indexes and `$text`. */
export function describeTextSearch({ rows }: ContractContext): void {
  describe('text search', () => {
    const texts = async (): Promise<void> => {
      await rows().createIndex(
        { title: 'text', body: 'text' },
        { weights: { title: 10, body: 1 }, default_language: 'none' },
      );
      await rows().insertMany([
        { _id: 1, title: 'Red wine', body: 'A bottle from Bordeaux' },
        { _id: 2, title: 'Café au lait', body: 'Served red hot' },
        { _id: 3, title: 'White paint', body: 'No wine here' },
        { _id: 4, title: 'Blue', body: 'sky' },
      ]);
    };
    const search = async ($search: string): Promise<unknown[]> =>
      (
        await rows()
          .find({ $text: { $search } })
          .sort({ score: { $meta: 'textScore' } })
          .toArray()
      ).map(({ _id }) => _id);

    test.each<[string, string, number[]]>([
      ['a word, the heavier field first', 'wine', [1, 3]],
      ['either of two words', 'sky paint', [3, 4]],
      ['no matter the case', 'RED', [1, 2]],
      ['no matter the accents', 'cafe', [2]],
      ['but not a negated word', 'red -wine', [2]],
      ['a phrase', '"red hot"', [2]],
      ['nothing', 'green', []],
    ])('finds %s', async (_name, words, expected) => {
      await texts();
      expect(await search(words)).toEqual(expected);
    });

    test('gives its score', async () => {
      await texts();
      const [found] = await rows()
        .find({ $text: { $search: 'blue' } }, { projection: { score: { $meta: 'textScore' } } })
        .toArray();
      // One word that is the whole field, of weight 10.
      expect(found?.['score']).toBeCloseTo(11, 5);
      const [same] = await rows()
        .aggregate([
          { $match: { $text: { $search: 'blue' } } },
          { $project: { score: { $meta: 'textScore' } } },
        ])
        .toArray();
      expect(same?.['score']).toBeCloseTo(11, 5);
    });

    test('goes together with other conditions', async () => {
      await texts();
      expect(await rows().countDocuments({ $text: { $search: 'wine' }, _id: { $gt: 1 } })).toBe(1);
    });

    test('follows updates and deletes', async () => {
      await texts();
      await rows().updateOne({ _id: 4 }, { $set: { title: 'Wine cellar' } });
      await rows().deleteOne({ _id: 1 });
      expect(await search('wine')).toEqual([4, 3]);
    });

    test('needs a text index', async () => {
      await rows().insertOne({});
      await expect(search('x')).rejects.toMatchObject({ code: 27 });
    });
  });
}
