import { listWords } from '../../prisma/catalog/search-terms.ts';
import { badInput } from '../kit/subgraph-error.ts';

/** The kinds of products, as they are kept. */
export type ProductKind = 'BOOK' | 'DEVICE' | 'APPAREL';

/** The GraphQL type of each kind. */
export const typeOfKind: Readonly<Record<ProductKind, string>> = {
  BOOK: 'Book',
  DEVICE: 'Device',
  APPAREL: 'Apparel',
};

const searchWordsMax = 8;

/**
 * The words that a search asks for; empty when it asks for nothing.
 *
 * @throws {SubgraphError} BAD_USER_INPUT when there are too many, since each of them is looked up.
 */
export function parseSearch(search: string | null | undefined): string[] {
  const words = [...new Set(listWords(search ?? ''))];
  if (words.length > searchWordsMax)
    throw badInput(`"search" has ${words.length} words; expected at most ${searchWordsMax}.`);
  return words;
}
