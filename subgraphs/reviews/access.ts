import { type MaybeCaller, subjectOf } from '../kit/access.ts';
import { forbidden } from '../kit/subgraph-error.ts';

/** Somebody who may write a review. */
export interface Author {
  readonly authorId: string;
  /** Kept with the review: usernames never change. */
  readonly authorUsername: string;
}

/**
 * The author of what a caller writes: the caller, whoever the input may speak of.
 *
 * @throws {SubgraphError} UNAUTHENTICATED for nobody, FORBIDDEN when the token does not tell the username
 */
export function authorOf(caller: MaybeCaller): Author {
  const authorId = subjectOf(caller);
  if (caller?.username === undefined)
    throw forbidden(
      'Your token does not tell your username (claim preferred_username), which a review bears.',
    );
  return { authorId, authorUsername: caller.username };
}
