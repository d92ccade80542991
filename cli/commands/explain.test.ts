import { expect, test } from 'vitest';

import { addHeader } from './explain.ts';

test('a header is read, its name in lower case', () => {
  expect(addHeader('Authorization: Bearer a:b', { other: '1' })).toEqual({
    other: '1',
    authorization: 'Bearer a:b',
  });
});

test.each(['no colon', ': value', 'two words: value', 'name: 10 €', 'name: a\nb: c'])(
  'the header %j cannot be sent, and is refused with what is expected',
  (text) => {
    expect(() => addHeader(text, {})).toThrow('expected NAME: VALUE');
  },
);
