// Comments, strings, quoted names and dollar-quoted bodies: what may hold any word without meaning it.
const quoted =
  /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*"|\$([A-Za-z_]\w*|)\$[\s\S]*?\$\1\$/g;

const transactionCommand =
  /(?:^|;)\s*(?:BEGIN|START\s+TRANSACTION|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|PREPARE\s+TRANSACTION|VACUUM|ALTER\s+SYSTEM|(?:CREATE|DROP)\s+(?:DATABASE|TABLESPACE))\b|\bCONCURRENTLY\b/i;

/**
 * Whether PostgreSQL runs the script as one transaction when it is sent as one query: unless it holds
 * commands that end a transaction or refuse to run in one.
 * https://www.postgresql.org/docs/18/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT
 */
export function isOneTransaction(script: string): boolean {
  return !transactionCommand.test(script.replaceAll(quoted, ' '));
}

/** The line that an error's position (1-based, in characters) points at. */
export function findLine(
  script: string,
  position: number,
): { readonly number: number; readonly text: string } {
  const before = script.slice(0, position - 1);
  const number = before.split('\n').length;
  return { number, text: script.split('\n')[number - 1]?.trim() ?? '' };
}
