/** The words of a text: letters and digits in lower case, accents taken off. */
export function listWords(text: string): string[] {
  return (
    text
      .normalize('NFKD')
      .replaceAll(/\p{M}/gu, '')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
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
 */
export function buildSearchTerms(product: SearchedText): string[] {
  const { name, description, author, brand, colour, material } = product;
  const text = [name, description, author, brand, colour, material].filter(Boolean).join(' ');
  return [...new Set(listWords(text))].sort();
}
