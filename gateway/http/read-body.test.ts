import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

import { expect, test } from 'vitest';

import { Cancellation } from '../transport/cancellation.ts';
import { readJsonBody } from './read-body.ts';

/** Reads a body that came with this content type. */
function read(type: string, ...chunks: readonly (string | Buffer)[]): Promise<unknown> {
  const stream = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  // Of a request, the reader knows its headers and its stream.
  const request = Object.assign(stream, { headers: { 'content-type': type } }) as unknown as IncomingMessage;
  return readJsonBody(request, 1000, new Cancellation());
}

test.each([
  'application/json',
  'application/json; charset=utf-8',
  'Application/JSON;CHARSET="UTF-8"',
  'application/json ; charset=utf8 ; profile=a',
  'application/graphql+json; profile=a; charset=utf-8',
])('a body of the type %s is read as UTF-8', async (type) => {
  expect(await read(type, '{"name":"Zoë"}')).toEqual({ name: 'Zoë' });
});

test.each([
  'application/json; charset=iso-8859-1',
  'application/json;charset="utf-16"',
  'application/json; profile=a; Charset=UTF-16LE',
  'application/graphql+json; charset=utf-8859',
])('a body of the type %s is refused, because it is not in UTF-8', async (type) => {
  await expect(read(type, '{}')).rejects.toMatchObject({
    code: 'UNSUPPORTED_MEDIA_TYPE',
    status: 415,
    message: `Expected a body in UTF-8, found content-type ${JSON.stringify(type)}.`,
  });
});

test('one byte order mark before a body is no part of it, however it arrives', async () => {
  const mark = Buffer.from('efbbbf', 'hex');
  expect(await read('application/json', mark, '{"a":1}')).toEqual({ a: 1 });
  expect(await read('application/json', mark.subarray(0, 1), mark.subarray(1), '{"a":1}')).toEqual({ a: 1 });
  expect(await read('application/json', '{"a":"\uFEFF"}')).toEqual({ a: '\uFEFF' });
  await expect(read('application/json', mark, mark, '{}')).rejects.toMatchObject({ code: 'INVALID_JSON' });
});
