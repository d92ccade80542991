import { expect, test } from 'vitest';

import { buildSearchTerms } from '../../prisma/catalog/search-terms.ts';
import { parseSearch } from './product.ts';

test('a search is made of words without case, accents and signs, each once', () => {
  expect(parseSearch('  Café-NOIR, café  9 ')).toEqual(['cafe', 'noir', '9']);
  expect(parseSearch('?!')).toEqual([]);
  expect(parseSearch(null)).toEqual([]);
});

test.each([
  ['straße', 'STRASSE', 'STRAẞE'],
  ['οδός', 'ΟΔΌΣ'],
  ['İzmir', 'izmir', 'IZMIR'],
  ['ŉ', 'ʼN'],
  ['ᾠδή', 'ΩΔΗ'],
])('a search finds %s however it is written', (...spellings) => {
  expect(spellings.map(parseSearch)).toEqual(spellings.map(() => parseSearch(spellings[0])));
});

test('a search finds a word by its beginning also where the last letter has a form of its own', () => {
  const [term = ''] = buildSearchTerms({ name: 'ΣΟΦΟΣΤΗΣ', description: '' });
  expect(term.startsWith(parseSearch('σοφος')[0] ?? '?')).toBe(true);
});

test('a search has at most eight words', () => {
  expect(() => parseSearch('a b c d e f g h i')).toThrow('"search" has 9 words; expected at most 8.');
});

test('a product is found by its name, description and maker', () => {
  expect(
    buildSearchTerms({ name: 'Kestrel Pro', description: 'A drive by Kestrel.', brand: 'Kestrel' }),
  ).toEqual(['a', 'by', 'drive', 'kestrel', 'pro']);
});
