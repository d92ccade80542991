import { isDocument, type BsonDocument } from '../values/bson-document.ts';
import { valuesAt } from '../values/paths.ts';
import type { IndexSpec } from './collection-index.ts';

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
const MARKS = /\p{M}+/gu;

/** Text as the index compares it: lower case, without diacritics. */
export function foldText(text: string): string {
  return text.normalize('NFD').replace(MARKS, '').toLowerCase();
}

/** The words of a text, folded. No stemming and no stop words, as MongoDB's language `none`. */
export function wordsOf(text: string): string[] {
  return foldText(text).match(WORD) ?? [];
}

function stringsIn(value: unknown, into: string[]): void {
  if (typeof value === 'string') into.push(value);
  else if (Array.isArray(value)) for (const element of value) stringsIn(element, into);
  else if (isDocument(value)) for (const field of Object.values(value)) stringsIn(field, into);
}

/** Adds the weight of each word of one text, by MongoDB's own formula. */
function scoreText(text: string, weight: number, into: Map<string, number>): void {
  const words = wordsOf(text);
  const counts = new Map<string, { count: number; frequency: number; divisor: number }>();
  for (const word of words) {
    const data = counts.get(word) ?? { count: 0, frequency: 0, divisor: 0.5 };
    data.divisor *= 2;
    data.count += 1;
    data.frequency += 1 / data.divisor;
    counts.set(word, data);
  }
  for (const [word, { count, frequency }] of counts) {
    const coefficient = (0.5 * count) / words.length + 0.5;
    const adjustment = foldText(text).length === word.length ? 1.1 : 1;
    into.set(word, (into.get(word) ?? 0) + weight * frequency * coefficient * adjustment);
  }
}

/** A text index: from words to the records that have them, with their weight. */
export class TextIndex {
  readonly spec: IndexSpec;
  private readonly weights: readonly (readonly [string, number])[];
  private readonly words = new Map<string, Map<string, number>>();
  private readonly covers: (document: BsonDocument) => boolean;

  constructor(spec: IndexSpec, covers: (document: BsonDocument) => boolean) {
    this.spec = spec;
    this.covers = covers;
    const weights = isDocument(spec['weights']) ? spec['weights'] : {};
    this.weights = Object.entries(weights).map(([path, weight]) => [path, Number(weight)]);
  }

  /** The words of a document with their weights. */
  scoresOf(document: BsonDocument): Map<string, number> {
    const scores = new Map<string, number>();
    if (!this.covers(document)) return scores;
    for (const text of this.textsOf(document)) scoreText(text.text, text.weight, scores);
    return scores;
  }

  /** The indexed texts of a document, for phrases. */
  textsOf(document: BsonDocument): { text: string; weight: number }[] {
    return this.weights.flatMap(([path, weight]) => {
      const texts: string[] = [];
      if (path === '$**') stringsIn(document, texts);
      else {
        for (const value of valuesAt(document, path).values) {
          if (typeof value === 'string') texts.push(value);
        }
      }
      return texts.map((text) => ({ text, weight }));
    });
  }

  add(id: string, document: BsonDocument): void {
    for (const [word, score] of this.scoresOf(document)) {
      const records = this.words.get(word) ?? new Map<string, number>();
      records.set(id, score);
      this.words.set(word, records);
    }
  }

  remove(id: string, document: BsonDocument): void {
    for (const word of this.scoresOf(document).keys()) {
      const records = this.words.get(word);
      records?.delete(id);
      if (records?.size === 0) this.words.delete(word);
    }
  }

  /** The records that have a word. */
  recordsWith(word: string): Iterable<string> {
    return this.words.get(word)?.keys() ?? [];
  }
}
