/** The kinds of mistakes in this service's mutations; see the schema. */
export type ReviewErrorCode = 'INVALID_VALUE' | 'ALREADY_REVIEWED' | 'REVIEW_NOT_FOUND' | 'NOT_THE_AUTHOR';

/** Something that the caller can mend. */
export interface ReviewError {
  readonly code: ReviewErrorCode;
  readonly message: string;
  readonly field: string | null;
}

/** What an author says; absent or null stays as it is. */
export interface ReviewContent {
  readonly rating?: number | null;
  readonly title?: string | null;
  readonly body?: string | null;
}

/** All ratings of a product, summed up. */
export interface Rating {
  /** To two decimal places; null without a review. */
  readonly average: number | null;
  readonly count: number;
  /** From 5 down to 1. */
  readonly histogram: readonly { readonly rating: number; readonly count: number }[];
}

/** From the best down. */
export const ratingsPossible = [5, 4, 3, 2, 1] as const;

const titleLengthMax = 120;
const bodyLengthMax = 5_000;

/** What is wrong with what an author says. */
export function checkContent({ rating, title, body }: ReviewContent): ReviewError[] {
  const errors: ReviewError[] = [];
  if (typeof rating === 'number' && (rating < 1 || rating > 5))
    errors.push(invalid('rating', `"rating" is ${rating}; expected 1 to 5.`));
  const titleLength = title?.trim().length ?? 1;
  if (titleLength < 1 || titleLength > titleLengthMax)
    errors.push(invalid('title', `"title" has ${titleLength} characters; expected 1 to ${titleLengthMax}.`));
  if (typeof body === 'string' && body.length > bodyLengthMax)
    errors.push(invalid('body', `"body" has ${body.length} characters; expected at most ${bodyLengthMax}.`));
  return errors;
}

/** Sums up how many reviews gave each rating. */
export function sumUpRatings(counts: ReadonlyMap<number, number>): Rating {
  const histogram = ratingsPossible.map((rating) => ({ rating, count: counts.get(rating) ?? 0 }));
  const count = histogram.reduce((sum, bucket) => sum + bucket.count, 0);
  const total = histogram.reduce((sum, bucket) => sum + bucket.rating * bucket.count, 0);
  return { average: averageOf(total, count), count, histogram };
}

/** The mean to two decimal places; null of nothing. */
export function averageOf(total: number, count: number): number | null {
  return count === 0 ? null : Math.round((total * 100) / count) / 100;
}

function invalid(field: string, message: string): ReviewError {
  return { code: 'INVALID_VALUE', field, message };
}
