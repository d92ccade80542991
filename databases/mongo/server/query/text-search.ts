import { CommandError } from '../command-error.ts';
import { foldText, type TextIndex, wordsOf } from '../storage/text-index.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';

/** A compiled `$text`. */
export interface TextSearch {
  /** Words of which a document must have one. */
  readonly words: readonly string[];
  readonly matches: (document: BsonDocument) => boolean;
  readonly score: (document: BsonDocument) => number;
}

const OPTIONS = new Set(['$search', '$language', '$caseSensitive', '$diacriticSensitive']);

function searchTextOf(operand: unknown): string {
  if (!isDocument(operand)) throw new CommandError('TypeMismatch', '$text expects an object');
  for (const option of Object.keys(operand)) {
    if (!OPTIONS.has(option)) throw new CommandError('BadValue', `extra fields in $text: ${option}`);
  }
  for (const option of ['$caseSensitive', '$diacriticSensitive']) {
    const value = operand[option];
    if (value === undefined || value === false) continue;
    throw new CommandError(
      value === true ? 'NotImplemented' : 'TypeMismatch',
      `${option} is not supported by the development server`,
    );
  }
  const search = operand['$search'];
  if (typeof search !== 'string') {
    throw new CommandError('TypeMismatch', '"$search" had the wrong type. Expected string');
  }
  return search;
}

/** Compiles the operand of `$text` for the text index of its collection. */
export function compileTextSearch(operand: unknown, index: TextIndex | null): TextSearch {
  const search = searchTextOf(operand);
  if (index === null) {
    throw new CommandError('IndexNotFound', 'text index required for $text query');
  }
  const phrases: { text: string; isNegated: boolean }[] = [];
  const rest = search.replace(/(-?)"([^"]*)"/g, (_, minus: string, phrase: string) => {
    phrases.push({ text: foldText(phrase), isNegated: minus === '-' });
    return minus === '-' ? ' ' : ` ${phrase} `;
  });
  const parts = rest.split(/\s+/).filter((part) => part !== '');
  const negated = new Set(
    parts.filter((part) => part.startsWith('-')).flatMap((part) => wordsOf(part.slice(1))),
  );
  const words = [...new Set(parts.filter((part) => !part.startsWith('-')).flatMap((part) => wordsOf(part)))];
  const hasPhrase = (document: BsonDocument, phrase: string): boolean =>
    index.textsOf(document).some(({ text }) => foldText(text).includes(phrase));
  return {
    words,
    matches(document) {
      const scores = index.scoresOf(document);
      if (!words.some((word) => scores.has(word))) return false;
      for (const word of negated) if (scores.has(word)) return false;
      return phrases.every(({ text, isNegated }) => hasPhrase(document, text) !== isNegated);
    },
    score(document) {
      const scores = index.scoresOf(document);
      return words.reduce((sum, word) => sum + (scores.get(word) ?? 0), 0);
    },
  };
}
