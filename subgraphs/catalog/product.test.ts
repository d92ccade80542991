import { expect, test } from 'vitest';

import { buildSearchTerms } from '../../prisma/catalog/search-terms.ts';
import { parseSearch } from './product.ts';

test('a search is made of words without case, accents and signs, each once', () => {
  expect(parseSearch('  Café-NOIR, café  9 ')).toEqual(['cafe', 'noir', '9']);
  expect(parseSearch('?!')).toEqual([]);
  expect(parseSearch(null)).toEqual([]);
});

test('a search has at most eight words', () => {
  expect(() => parseSearch('a b c d e f g h i')).toThrow('"search" has 9 words; expected at most 8.');
});

test('a product is found by its name, description and maker', () => {
  expect(
    buildSearchTerms({ name: 'Kestrel Pro', description: 'A drive by Kestrel.', brand: 'Kestrel' }),
  ).toEqual(['a', 'by', 'drive', 'kestrel', 'pro']);
});
