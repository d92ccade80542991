import { type MaybeCaller, type Refusal, refuseUnlessOwn, refuseWithoutScope } from '../kit/access.ts';

/** Who carries it may read what every user keeps private. */
export const readAllUsers = 'users:read:all';

/** Why a caller may not read the e-mail address and the addresses of a user; undefined when the caller may. */
export function refusePrivateParts(caller: MaybeCaller, userId: string): Refusal {
  return refuseUnlessOwn(caller, userId, readAllUsers);
}

/** Why a caller may not go through the users: a filter by country alone tells where somebody lives. */
export function refuseListOfUsers(caller: MaybeCaller): Refusal {
  return refuseWithoutScope(caller, readAllUsers);
}
