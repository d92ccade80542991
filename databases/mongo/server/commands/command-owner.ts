import type { CommandContext } from './command.ts';

/** The user on whose behalf a command runs, such as `reviews.reviews_service`; null before the login. */
export function ownerOf({ connection: { user } }: Pick<CommandContext, 'connection'>): string | null {
  return user === null ? null : `${user.database}.${user.name}`;
}
