/** The words of a text: letters and digits without regard to case, accents taken off. */
export function listWords(text: string): string[] {
  const bare = text.normalize('NFKD').replaceAll(/\p{M}/gu, '');
  return foldCase(bare).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * One spelling for all that differ in case alone. The lower case of a text is not enough: ß is SS in capitals, which go
 * back to ss, and Σ at the end of a word becomes ς, which begins no longer word.
 */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().replaceAll('ς', 'σ');
}

/** What of a product can be searched for. */
interface SearchedText {
  readonly name: string;
  readonly description: string;
  readonly author?: string;
  readonly brand?: string;
  readonly colour?: string;
  readonly material?: string;
}

/**
 * The words under which a product is found, kept with it: an index on them answers "begins with" for each word of a
 * search, which MongoDB's text index cannot, and every MongoDB answers it alike.
 *
 * A search is cut into words by the same rules when it comes, so a change of these rules has to write the terms of all
 * kept products again.
 */
export function buildSearchTerms(product: SearchedText): string[] {
  const { name, description, author, brand, colour, material } = product;
  const text = [name, description, author, brand, colour, material].filter(Boolean).join(' ');
  return [...new Set(listWords(text))].sort();
}
