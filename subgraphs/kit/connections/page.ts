import { badInput } from '../subgraph-error.ts';
import { type CursorValue, decodeCursor } from './cursor.ts';

/** The arguments of a Relay connection, as GraphQL hands them to a resolver. */
export interface PageArguments {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** Which part of an ordered list to read. */
export interface Page {
  /** `forward`: from the start or from `after`; `backward`: from the end or from `before`, and then turned round. */
  readonly direction: 'forward' | 'backward';
  /** How many edges the page has at most. */
  readonly limit: number;
  /** Read only what follows these values of the sort keys. */
  readonly after: readonly CursorValue[] | undefined;
  /** Read only what stands before these values of the sort keys. */
  readonly before: readonly CursorValue[] | undefined;
}

/** How long a page may be; bounds the rows that one field can ask of a database. */
export const pageLimitMax = 100;
/** How long a page is when the caller does not say. */
export const pageLimitDefault = 20;

/**
 * Checks the arguments of a connection. `order` names the list's order and stands in its cursors, so that a cursor of
 * another order is refused and does not silently select something else.
 *
 * @throws {SubgraphError} BAD_USER_INPUT
 */
export function parsePage(args: PageArguments, order: string): Page {
  const { first, last } = args;
  if (isGiven(first) && isGiven(last))
    throw badInput('Give either "first" or "last", not both: a page is taken from one end of the list.');
  const name = isGiven(last) ? 'last' : 'first';
  const limit = last ?? first ?? pageLimitDefault;
  if (limit < 0 || limit > pageLimitMax)
    throw badInput(`"${name}" is ${limit}; expected a number from 0 to ${pageLimitMax}.`);
  return {
    direction: isGiven(last) ? 'backward' : 'forward',
    limit,
    after: isGiven(args.after) ? decodeCursor(args.after, order, 'after') : undefined,
    before: isGiven(args.before) ? decodeCursor(args.before, order, 'before') : undefined,
  };
}

function isGiven<Value>(value: Value | null | undefined): value is Value {
  return value !== undefined && value !== null;
}
