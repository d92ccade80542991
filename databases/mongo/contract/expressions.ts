/* oxlint-disable unicorn/no-thenable -- $cond and $switch have a field of that name */
import { Binary, Long, ObjectId, Timestamp } from 'bson';
import { describe, expect, test } from 'vitest';

import { type ContractContext, errorOf } from './contract-context.ts';

/** Expressions, each on a document of its own. */
export function describeExpressions({ rows }: ContractContext): void {
  const DOC = {
    _id: 1,
    n: 7,
    half: 2.5,
    s: 'Hello',
    list: [3, 1, 2],
    docs: [{ k: 'a', v: 1 }, { k: 'b', v: 2 }], // prettier-ignore
    at: new Date('2024-02-29T12:34:56.789Z'),
    big: Long.fromString('9007199254740993'),
    bytes: new Binary(Buffer.from('abcd')),
    stamp: new Timestamp({ t: 1_700_000_000, i: 9 }),
    no: null,
  };

  const LATE = new Date('2024-12-30T23:04:05.006Z');

  describe('expressions', () => {
    test.each<[string, unknown, unknown]>([
      ['$add', { $add: ['$n', 1, 0.5] }, 8.5],
      ['$add of a date', { $add: ['$at', 1000] }, new Date('2024-02-29T12:34:57.789Z')],
      ['$add with null', { $add: ['$n', '$no'] }, null],
      ['$subtract', { $subtract: ['$n', 10] }, -3],
      ['$divide', { $divide: ['$n', 2] }, 3.5],
      ['$mod', { $mod: ['$n', 4] }, 3],
      ['$round to even', { $round: '$half' }, 2],
      ['$round to places', { $round: [2.345, 1] }, 2.3],
      ['$floor', { $floor: '$half' }, 2],
      ['$abs', { $abs: -4 }, 4],
      ['$pow', { $pow: [2, 10] }, 1024],
      ['$eq across types', { $eq: ['$n', Long.fromNumber(7)] }, true],
      ['$gt across types', { $gt: ['$s', 1000] }, true],
      ['$lt of missing and null', { $lt: ['$nothing', null] }, true],
      ['$cmp', { $cmp: [1, 2] }, -1],
      ['$and of numbers', { $and: [1, 0] }, false],
      ['$not', { $not: ['$no'] }, true],
      ['$cond', { $cond: { if: { $gt: ['$n', 5] }, then: 'big', else: 'small' } }, 'big'],
      ['$ifNull', { $ifNull: ['$no', '$nothing', 'x'] }, 'x'],
      [
        '$switch',
        { $switch: { branches: [{ case: { $eq: ['$n', 1] }, then: 'one' }], default: 'other' } },
        'other',
      ],
      ['$concat', { $concat: ['$s', ' ', 'you'] }, 'Hello you'],
      ['$concat with null', { $concat: ['$s', '$no'] }, null],
      ['$toUpper', { $toUpper: '$s' }, 'HELLO'],
      ['$substrCP', { $substrCP: ['$s', 1, 3] }, 'ell'],
      ['$strLenCP', { $strLenCP: '$s' }, 5],
      ['$split', { $split: ['a-b', '-'] }, ['a', 'b']],
      ['$trim', { $trim: { input: '  x ' } }, 'x'],
      ['$regexMatch', { $regexMatch: { input: '$s', regex: 'l+' } }, true],
      ['$size', { $size: '$list' }, 3],
      ['$arrayElemAt', { $arrayElemAt: ['$list', -1] }, 2],
      ['$first', { $first: '$list' }, 3],
      ['$slice', { $slice: ['$list', 2] }, [3, 1]],
      ['$in', { $in: [Long.fromNumber(2), '$list'] }, true],
      ['$indexOfArray', { $indexOfArray: ['$list', 2] }, 2],
      ['$filter', { $filter: { input: '$list', as: 'x', cond: { $gt: ['$$x', 1] } } }, [3, 2]],
      ['$map', { $map: { input: '$docs', as: 'd', in: '$$d.v' } }, [1, 2]],
      ['$reduce', { $reduce: { input: '$list', initialValue: 0, in: { $add: ['$$value', '$$this'] } } }, 6],
      [
        '$sortArray',
        { $sortArray: { input: '$docs', sortBy: { v: -1 } } },
        [
          { k: 'b', v: 2 },
          { k: 'a', v: 1 },
        ],
      ],
      ['$concatArrays', { $concatArrays: ['$list', [9]] }, [3, 1, 2, 9]],
      ['$setUnion', { $size: { $setUnion: ['$list', [1, 9]] } }, 4],
      ['$setIntersection', { $setIntersection: ['$list', [1]] }, [1]],
      ['$range', { $range: [0, 6, 2] }, [0, 2, 4]],
      ['$objectToArray', { $objectToArray: { a: 1 } }, [{ k: 'a', v: 1 }]],
      ['$arrayToObject', { $arrayToObject: '$docs' }, { a: 1, b: 2 }],
      [
        '$arrayToObject of a literal list',
        {
          $arrayToObject: [
            [
              { k: 'a', v: '$n' },
              { k: 'b', v: 2 },
            ],
          ],
        },
        { a: 7, b: 2 },
      ],
      [
        '$arrayToObject of pairs',
        {
          $arrayToObject: [
            [
              ['a', 1],
              ['b', '$no'],
            ],
          ],
        },
        { a: 1, b: null },
      ],
      ['$arrayToObject of null', { $arrayToObject: '$no' }, null],
      ['$bsonSize', { $bsonSize: { a: 1 } }, 12],
      ['$bsonSize of missing', { $bsonSize: '$nothing' }, null],
      ['$binarySize of text', { $binarySize: 'h\u00e9' }, 3],
      ['$binarySize of bytes', { $binarySize: '$bytes' }, 4],
      ['$tsSecond', { $tsSecond: '$stamp' }, 1_700_000_000],
      ['$tsIncrement', { $tsIncrement: '$stamp' }, 9],
      ['$mergeObjects', { $mergeObjects: [{ a: 1 }, { b: 2 }] }, { a: 1, b: 2 }],
      ['$getField', { $getField: 's' }, 'Hello'],
      ['$let', { $let: { vars: { x: 2 }, in: { $multiply: ['$$x', '$n'] } } }, 14],
      ['$literal', { $literal: '$n' }, '$n'],
      ['$sum of an array', { $sum: '$list' }, 6],
      ['$max of an array', { $max: '$list' }, 3],
      ['$avg of values', { $avg: ['$n', 1] }, 4],
      ['$type', { $type: '$big' }, 'long'],
      ['$type of missing', { $type: '$nothing' }, 'missing'],
      [
        '$toString of an ObjectId',
        { $toString: new ObjectId('0123456789abcdef01234567') },
        '0123456789abcdef01234567',
      ],
      ['$toInt', { $toInt: '12' }, 12],
      ['$toDate', { $toDate: '2024-01-01T00:00:00Z' }, new Date('2024-01-01T00:00:00Z')],
      ['$convert with onError', { $convert: { input: 'x', to: 'int', onError: -1 } }, -1],
      ['$year and $month', [{ $year: '$at' }, { $month: '$at' }, { $dayOfMonth: '$at' }], [2024, 2, 29]],
      ['$dateToString', { $dateToString: { date: '$at', format: '%Y-%m-%d' } }, '2024-02-29'],
      ['$dateTrunc', { $dateTrunc: { date: '$at', unit: 'hour' } }, new Date('2024-02-29T12:00:00Z')],
      [
        '$dateAdd',
        { $dateAdd: { startDate: '$at', unit: 'year', amount: 1 } },
        new Date('2025-02-28T12:34:56.789Z'),
      ],
      [
        '$dateTrunc to the day of a time zone',
        { $dateTrunc: { date: LATE, unit: 'day', timezone: 'Europe/Berlin' } },
        new Date('2024-12-30T23:00:00Z'),
      ],
      [
        '$dateTrunc to the month of a time zone in summer',
        { $dateTrunc: { date: new Date('2024-06-30T22:30:00Z'), unit: 'month', timezone: 'Europe/Berlin' } },
        new Date('2024-06-30T22:00:00Z'),
      ],
      [
        '$dateTrunc to the hour of an offset',
        { $dateTrunc: { date: LATE, unit: 'hour', timezone: '+05:30' } },
        new Date('2024-12-30T22:30:00Z'),
      ],
      ['$isoWeekYear', { $isoWeekYear: LATE }, 2025],
      ['$isoWeekYear of a time zone', { $isoWeekYear: { date: LATE, timezone: 'UTC' } }, 2025],
      ['$week, which begins on Sunday', { $week: LATE }, 52],
      [
        '$dateToString by the ISO week',
        { $dateToString: { date: LATE, format: '%G-W%V-%u, %U', timezone: 'Europe/Berlin' } },
        '2025-W01-2, 52',
      ],
      [
        '$dateFromString with an offset',
        { $dateFromString: { dateString: '2024-02-03T10:00:00+02:00' } },
        new Date('2024-02-03T08:00:00Z'),
      ],
      [
        '$dateFromString of a day alone',
        { $dateFromString: { dateString: '2024-02-03' } },
        new Date('2024-02-03T00:00:00Z'),
      ],
      [
        '$dateFromString in a time zone',
        { $dateFromString: { dateString: '2024-07-03T10:00:00.5', timezone: 'Europe/Berlin' } },
        new Date('2024-07-03T08:00:00.500Z'),
      ],
      ['$dateFromString of no date', { $dateFromString: { dateString: 'x', onError: 'no' } }, 'no'],
      ['$toLower of null', { $toLower: '$no' }, ''],
      ['$toUpper of missing', { $toUpper: ['$nothing'] }, ''],
      ['$substr to the end', { $substr: ['$s', 1, -1] }, 'ello'],
      ['$substr of a date', { $substr: ['$at', 0, 10] }, '2024-02-29'],
      ['$substr of a number', { $substr: ['$half', 0, 9] }, '2.5'],
      ['$substrBytes', { $substrBytes: ['héllo', 1, 2] }, 'é'],
      [
        '$regexMatch by an expression of its own type',
        { $regexMatch: { input: '$s', regex: /^h.*O$/i } },
        true,
      ],
      ['$regexMatch that finds nothing', { $regexMatch: { input: '$s', regex: /[ob]j/ } }, false],
      [
        '$regexFind, whose place counts characters',
        { $regexFind: { input: 'é😀12', regex: /(\d)(x)?/ } },
        { match: '1', idx: 2, captures: ['1', null] },
      ],
      [
        '$regexFindAll',
        { $regexFindAll: { input: 'a1b22', regex: /\d+/ } },
        [
          { match: '1', idx: 1, captures: [] },
          { match: '22', idx: 3, captures: [] },
        ],
      ],
      ['$regexFindAll in null', { $regexFindAll: { input: '$no', regex: /a/ } }, []],
      ['$toUpper of letters beyond ASCII', { $toUpper: 'aé' }, 'Aé'],
      ['$toLower of letters beyond ASCII', { $toLower: 'AÉ' }, 'aÉ'],
      ['$strcasecmp with null', { $strcasecmp: ['$no', ''] }, 0],
      ['$slice of null', { $slice: ['$no', 2] }, null],
      ['$sum without the loss of each step', { $sum: [0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1] }, 1],
      ['$add without the loss of each step', { $add: [0.1, 0.2, 0.3] }, 0.6],
      ['$gte of two infinities', { $gte: [Infinity, Infinity] }, true],
      ['$cmp of two infinities', { $cmp: [-Infinity, -Infinity] }, 0],
      ['$stdDevSamp of one', { $stdDevSamp: [5] }, null],
      ['$stdDevPop', { $stdDevPop: [2, 4, 'x'] }, 1],
      ['$indexOfBytes', { $indexOfBytes: ['héllo', 'l'] }, 3],
      ['$indexOfCP', { $indexOfCP: ['h😀llo', 'l'] }, 2],
      ['$indexOfCP from a place', { $indexOfCP: ['$s', 'l', 3] }, 3],
      ['$indexOfCP before a place', { $indexOfCP: ['$s', 'o', 0, 4] }, -1],
      ['$indexOfCP in null', { $indexOfCP: ['$no', 'o'] }, null],
      ['a path through an array', '$docs.k', ['a', 'b']],
    ])('%s', async (_name, expression, expected) => {
      await rows().insertOne({ ...DOC });
      const [found] = await rows()
        .aggregate([{ $project: { _id: 0, value: expression } }])
        .toArray();
      expect(found?.['value']).toEqual(expected);
    });

    const day = (text: string): Date => new Date(text);

    test.each<[string, unknown, unknown]>([
      ['a part of null', { $year: '$no' }, null],
      ['a part in no time zone', { $hour: { date: '$at', timezone: '$no' } }, null],
      ['a part of an ObjectId', { $year: new ObjectId('65f42315aaaaaaaaaaaaaaaa') }, 2024],
      [
        'parts in the time zone of a summer',
        ['$hour', '$dayOfMonth', '$dayOfWeek', '$isoWeek'].map((part) => ({
          [part]: { date: day('2024-06-30T22:30:00Z'), timezone: 'Europe/Berlin' },
        })),
        [0, 1, 2, 27],
      ],
      [
        '$dateToString of the day of the week',
        { $dateToString: { date: LATE, format: '%w %u %%' } },
        '2 1 %',
      ],
      [
        '$dateToString without a format in a time zone',
        { $dateToString: { date: LATE, timezone: '+01:00' } },
        '2024-12-31T00:04:05.006',
      ],
      ['$dateAdd to null', { $dateAdd: { startDate: '$no', unit: 'day', amount: 1 } }, null],
      [
        '$dateAdd of a month in a time zone',
        { $dateAdd: { startDate: day('2024-01-31T00:00:00Z'), unit: 'month', amount: 1, timezone: 'UTC' } },
        day('2024-02-29T00:00:00Z'),
      ],
      [
        '$dateAdd of a day over a change of the clocks',
        {
          $dateAdd: {
            startDate: day('2024-03-09T15:00:00Z'),
            unit: 'day',
            amount: 1,
            timezone: 'America/New_York',
          },
        },
        day('2024-03-10T14:00:00Z'),
      ],
      ['$dateDiff from null', { $dateDiff: { startDate: '$no', endDate: '$at', unit: 'day' } }, null],
      [
        '$dateDiff in the days of a time zone',
        {
          $dateDiff: {
            startDate: day('2024-02-01T03:00:00Z'),
            endDate: day('2024-02-01T06:00:00Z'),
            unit: 'day',
            timezone: 'America/New_York',
          },
        },
        1,
      ],
      [
        '$dateDiff in weeks from Monday',
        {
          $dateDiff: {
            startDate: day('2024-01-07T23:00:00Z'),
            endDate: day('2024-01-08T01:00:00Z'),
            unit: 'week',
            startOfWeek: 'mon',
          },
        },
        1,
      ],
      [
        '$dateFromParts beyond the month',
        { $dateFromParts: { year: 2024, month: 14, day: 30 } },
        day('2025-03-02'),
      ],
      [
        '$dateFromParts in a time zone in summer',
        { $dateFromParts: { year: 2024, month: 7, hour: 12, timezone: 'America/New_York' } },
        day('2024-07-01T16:00:00Z'),
      ],
      [
        '$dateFromParts of an ISO week',
        { $dateFromParts: { isoWeekYear: 2025, isoWeek: 1 } },
        day('2024-12-30'),
      ],
      ['$dateFromParts of null', { $dateFromParts: { year: '$no' } }, null],
      ['$dateToParts of null', { $dateToParts: { date: '$no' } }, null],
      [
        '$dateToParts by the ISO week',
        { $dateToParts: { date: LATE, iso8601: true } },
        { isoWeekYear: 2025, isoWeek: 1, isoDayOfWeek: 1, hour: 23, minute: 4, second: 5, millisecond: 6 },
      ],
      [
        '$dateFromString by a format with an offset',
        { $dateFromString: { dateString: '15/03/2024 10:30 +0200', format: '%d/%m/%Y %H:%M %z' } },
        day('2024-03-15T08:30:00Z'),
      ],
      [
        '$dateFromString of a day that is none',
        { $dateFromString: { dateString: '2024-02-31', onError: 'no' } },
        'no',
      ],
    ])('dates: %s', async (_name, expression, expected) => {
      await rows().insertOne({ ...DOC });
      const [found] = await rows()
        .aggregate([{ $project: { _id: 0, value: expression } }])
        .toArray();
      expect(found?.['value']).toEqual(expected);
    });

    test.each<[string, unknown, number]>([
      ['$size of missing', { $size: '$nothing' }, 17_124],
      ['$concat of a number', { $concat: ['$s', '$n'] }, 16_702],
      ['$sqrt of text', { $sqrt: '$s' }, 28_765],
      ['$sqrt below zero', { $sqrt: -1 }, 28_714],
      ['$ln of zero', { $ln: 0 }, 28_766],
      ['$mod by zero', { $mod: ['$n', 0] }, 16_610],
      ['$split by nothing', { $split: ['$s', ''] }, 40_087],
      ['$substrCP of a negative length', { $substrCP: ['$s', 1, -1] }, 34_454],
      ['$strLenCP of null', { $strLenCP: '$no' }, 34_471],
      ['$slice of a number', { $slice: ['$n', 1] }, 28_724],
      ['$toUpper of a list', { $toUpper: '$list' }, 16_007],
      ['$log to the base 1', { $log: ['$n', 1] }, 28_759],
      ['$setUnion with a number', { $setUnion: ['$list', '$n'] }, 17_043],
      ['$ifNull of one', { $ifNull: ['$no'] }, 1_257_300],
      ['$year of a number', { $year: '$n' }, 16_006],
      ['$hour in no time zone', { $hour: { date: '$at', timezone: 'Mars' } }, 40_485],
      ['$dateToString by an unknown letter', { $dateToString: { date: '$at', format: '%q' } }, 18_536],
      ['$dateAdd of half a day', { $dateAdd: { startDate: '$at', unit: 'day', amount: 0.5 } }, 5_166_405],
      ['$dateAdd of an unknown unit', { $dateAdd: { startDate: '$at', unit: 'era', amount: 1 } }, 9],
      ['$dateFromString of no date', { $dateFromString: { dateString: 'x' } }, 241],
      ['$toDate of a day that is none', { $toDate: '2024-02-31' }, 241],
      ['$arrayToObject of numbers', { $arrayToObject: '$list' }, 40_398],
      ['$arrayToObject of no list', { $arrayToObject: '$n' }, 40_386],
      ['$arrayToObject of other documents', { $arrayToObject: [[{ k: 'a' }]] }, 40_392],
      ['$bsonSize of a number', { $bsonSize: '$n' }, 31_393],
      ['$binarySize of a number', { $binarySize: '$n' }, 51_276],
      ['$tsSecond of a date', { $tsSecond: '$at' }, 5_687_301],
      ['an unknown expression within another', { $add: [1, { $foo: 1 }] }, 168],
      ['$dateTrunc in no time zone', { $dateTrunc: { date: LATE, unit: 'day', timezone: 'Mars' } }, 40_485],
    ])('%s is refused', async (_name, expression, code) => {
      await rows().insertOne({ ...DOC });
      const failed = rows().aggregate([{ $project: { value: expression } }]);
      expect(await errorOf(failed.toArray())).toMatchObject({ code });
    });

    test('int64 sums keep every digit', async () => {
      await rows().insertOne({ ...DOC });
      const [found] = await rows()
        .aggregate([{ $project: { sum: { $add: ['$big', 2] } } }], { promoteLongs: false })
        .toArray();
      expect(String(found?.['sum'])).toBe('9007199254740995');
    });
  });
}
