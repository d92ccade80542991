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

test('leaves out what is written, also a text that looks like a path', () => {
  expect(
    printCommand({
      findAndModify: 'reviews',
      query: { _id: 'r' },
      update: { $set: { title: '$ecret' } },
      fields: { title: 1 },
    }),
  ).toBe(
    'findAndModify reviews {"query":{"_id":"?"},"update":{"$set":{"title":"?"}},"fields":{"title":"?"}}',
  );
  expect(
    printCommand({ update: 'reviews', updates: [{ q: { _id: 'r' }, u: { $set: { title: '$ecret' } } }] }),
  ).toBe('update reviews {"updates":[{"q":{"_id":"?"},"u":{"$set":{"title":"?"}}}]}');
  expect(printCommand({ update: 'reviews', updates: [{ q: {}, u: [{ $set: { title: '$name' } }] }] })).toBe(
    'update reviews {"updates":[{"q":{},"u":[{"$set":{"title":"$name"}}]}]}',
  );
});

test('leaves out the values of fields that bear the name of an option', () => {
  expect(
    printCommand({
      find: 'doors',
      filter: { key: 'secret-1', sort: { $in: ['secret-2'] } },
      sort: new Map([['key', 1]]),
    }),
  ).toBe('find doors {"filter":{"key":"?","sort":{"$in":"?"}},"sort":{"key":1}}');
  expect(
    printCommand({ insert: 'doors', documents: [{ _id: 'd', key: 'secret', pipeline: ['secret'] }] }),
  ).toBe('insert doors {"documents":[{"_id":"?","key":"?","pipeline":"?"}]}');
  expect(
    printCommand({ aggregate: 'doors', pipeline: [{ $match: { projection: 'secret' } }], cursor: {} }),
  ).toBe('aggregate doors {"pipeline":[{"$match":{"projection":"?"}}],"cursor":{}}');
  expect(printCommand({ distinct: 'doors', key: 'colour', query: { key: 'secret' } })).toBe(
    'distinct doors {"key":"colour","query":{"key":"?"}}',
  );
});
