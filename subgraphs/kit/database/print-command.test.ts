import { expect, test } from 'vitest';

import { printCommand } from './print-command.ts';

test('keeps the shape of a find and leaves its values out', () => {
  expect(
    printCommand({
      find: 'reviews',
      filter: { $and: [{ productId: { $in: ['secret-1', 'secret-2'] } }, { rating: { $gte: 1 } }] },
      sort: new Map([['createdAt', -1]]),
      projection: { title: 1 },
      limit: 4,
      lsid: { id: 'x' },
      $db: 'reviews',
      comment: 'c',
    }),
  ).toBe(
    'find reviews {"filter":{"$and":[{"productId":{"$in":"?"}},{"rating":{"$gte":"?"}}]},"sort":{"createdAt":-1},"projection":{"title":1},"limit":"?"}',
  );
});

test('keeps the paths of a pipeline, and no text of a match that looks like one', () => {
  expect(
    printCommand({
      aggregate: 'reviews',
      pipeline: [
        { $match: { title: '$ecret' } },
        { $group: { _id: '$productId', rows: { $topN: { n: 4, sortBy: { _id: 1 }, output: '$$ROOT' } } } },
      ],
      cursor: {},
    }),
  ).toBe(
    'aggregate reviews {"pipeline":[{"$match":{"title":"?"}},{"$group":{"_id":"$productId","rows":{"$topN":{"n":"?","sortBy":{"_id":1},"output":"$$ROOT"}}}}],"cursor":{}}',
  );
});

test('keeps the fields of a document that is written', () => {
  expect(
    printCommand({ insert: 'reviews', documents: [{ _id: 'r', rating: 5, tags: [] }], ordered: true }),
  ).toBe('insert reviews {"documents":[{"_id":"?","rating":"?","tags":[]}],"ordered":true}');
});
