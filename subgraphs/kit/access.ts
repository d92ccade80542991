import type { Caller } from './signature/verify-request.ts';
import { type SubgraphError, forbidden, unauthenticated } from './subgraph-error.ts';

/** Who asks, as the signed part of the request says; undefined for nobody. */
export type MaybeCaller = Caller | undefined;

/** Why a caller may not; undefined when the caller may. A resolver returns it in the field's place. */
export type Refusal = SubgraphError | undefined;

/** The id of the user who asks. @throws {SubgraphError} UNAUTHENTICATED when nobody does */
export function subjectOf(caller: MaybeCaller): string {
  if (caller?.subject === undefined) throw nobody();
  return caller.subject;
}

/** Whether the caller's token carries a scope. */
export function holdsScope(caller: MaybeCaller, scope: string): boolean {
  return caller?.scopes.includes(scope) === true;
}

/** Refuses who does not carry a scope. */
export function refuseWithoutScope(caller: MaybeCaller, scope: string): Refusal {
  if (holdsScope(caller, scope)) return undefined;
  return caller === undefined ? nobody() : forbidden(`This needs the scope "${scope}".`);
}

/** Refuses everybody but the user whose own it is, and those with a scope for everybody's. */
export function refuseUnlessOwn(caller: MaybeCaller, ownerId: string | undefined, scope: string): Refusal {
  if (ownerId !== undefined && caller?.subject === ownerId) return undefined;
  if (holdsScope(caller, scope)) return undefined;
  return caller === undefined
    ? nobody()
    : forbidden(`This is for the user whose own it is, and for callers with the scope "${scope}".`);
}

function nobody(): SubgraphError {
  return unauthenticated('This needs a signed-in user.');
}
