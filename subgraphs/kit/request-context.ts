import type { FieldNode } from 'graphql';

import type { RequestLoaders } from './loading/request-loaders.ts';
import type { Caller } from './signature/verify-request.ts';
import type { Statement, StatementScope } from './statements/statement-scope.ts';

/** What every resolver gets: the service's database, and what belongs to this one request. */
export interface RequestContext<Client> {
  readonly database: Client;
  readonly loaders: RequestLoaders;
  /** What is the same for all parents of a list field, by the list of its nodes. */
  readonly preparedLists: Map<readonly FieldNode[], object>;
  /** The statements that were run so far, in the order in which they ended; of very many the first. */
  readonly statements: readonly Statement[];
  /** How many statements were run so far. */
  readonly statementCount: () => number;
  /** Representations that no row was found for. */
  readonly missing: { readonly type: string; readonly key: string }[];
  /** What statements are recorded under when no field or loader says otherwise. */
  readonly statementScope: StatementScope;
  /** What those are recorded under that a field sends itself, such as `Query.orders`. */
  readonly scopeOf: (cause: string) => StatementScope;
  /** Who asks, as the gateway's signature says; undefined for an anonymous request, and where none is signed. */
  readonly caller: Caller | undefined;
  /** Aborted when the client has left or the time is up. */
  readonly signal: AbortSignal;
  /** True when the caller asked, with the header `freehold-explain: 1`, to be told the statements. */
  readonly isExplained: boolean;
}
