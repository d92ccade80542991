import { badInput } from '../subgraph-error.ts';

/** What a sort key's value is in a cursor. */
export type CursorValue = string | number;

/** An opaque cursor: the list's order and the values of its sort keys at one edge. */
export function encodeCursor(order: string, values: readonly CursorValue[]): string {
  return Buffer.from(JSON.stringify([order, ...values])).toString('base64url');
}

/**
 * The values in a cursor that `encodeCursor` made for the same order.
 *
 * @throws {SubgraphError} BAD_USER_INPUT, naming the argument.
 */
export function decodeCursor(cursor: string, order: string, argument: string): readonly CursorValue[] {
  const shown = JSON.stringify(cursor.length > 60 ? `${cursor.slice(0, 60)}…` : cursor);
  const parsed = parseJson(Buffer.from(cursor, 'base64url').toString('utf8'));
  if (!Array.isArray(parsed) || !parsed.every((part) => typeof part === 'string' || Number.isFinite(part)))
    throw badInput(`"${argument}" is ${shown}; expected a cursor that this list gave out.`);
  const [cursorOrder, ...values] = parsed as CursorValue[];
  // Whether the values are those of the order's keys is looked at where they are used.
  if (cursorOrder !== order)
    throw badInput(
      `"${argument}" is ${shown}, a cursor of another order; expected one of the order ${order}.`,
    );
  return values;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
