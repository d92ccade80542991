import { hasSqlDetails, loadModule, parseSync, type Node } from 'libpg-query';

import { lineAt } from './migration.ts';

/** One SQL statement as PostgreSQL's own parser reads it. */
export interface SqlStatement {
  readonly node: Node;
  readonly line: number;
}

export type SqlOutcome =
  | { readonly kind: 'parsed'; readonly statements: readonly SqlStatement[] }
  | { readonly kind: 'unreadable'; readonly message: string; readonly line: number };

/** Loads the parser's WASM; to be awaited once before `parseSql`. */
export async function loadSqlParser(): Promise<void> {
  await loadModule();
}

/** Parses a migration; a syntax error is data, with its line. */
export function parseSql(text: string): SqlOutcome {
  try {
    const { stmts = [] } = parseSync(text);
    // The parser counts bytes of UTF-8.
    const bytes = Buffer.from(text, 'utf8');
    return {
      kind: 'parsed',
      statements: stmts.flatMap(({ stmt, stmt_location: start = 0 }) =>
        stmt === undefined
          ? []
          : [{ node: stmt, line: lineAt(text, skipBlank(text, bytes.toString('utf8', 0, start).length)) }],
      ),
    };
  } catch (error) {
    const at = hasSqlDetails(error) ? (error.sqlDetails?.cursorPosition ?? 0) : 0;
    const message = error instanceof Error ? error.message : String(error);
    return { kind: 'unreadable', message, line: lineAt(text, at) };
  }
}

/** The statement's own beginning: blanks and comments before it belong to it for the parser, not for a reader. */
function skipBlank(text: string, offset: number): number {
  const match = /^(?:\s+|--[^\n]*\n|\/\*[\s\S]*?\*\/)+/.exec(text.slice(offset));
  return offset + (match?.[0].length ?? 0);
}
