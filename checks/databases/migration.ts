import type { SourceLocation } from '../finding.ts';
import type { Snapshot } from '../project/snapshot.ts';

/** One migration of one service, as its file stands. */
export interface Migration {
  /** The folder's name, such as `20260501000000_init`; migrations run in the order of their names. */
  readonly name: string;
  readonly file: string;
  readonly text: string;
}

/** The migrations of a service in the order in which they run. */
export function listMigrations(snapshot: Snapshot, service: string, fileName: string): Migration[] {
  const prefix = `prisma/${service}/migrations/`;
  const migrations: Migration[] = [];
  for (const [file, text] of snapshot.files) {
    if (!file.startsWith(prefix)) continue;
    const [name = '', own, ...rest] = file.slice(prefix.length).split('/');
    if (own === fileName && rest.length === 0) migrations.push({ name, file, text });
  }
  return migrations.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The line, from 1, in which the text at this offset stands. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Where a word first stands in the files of a service's code: hand-written SQL and queries name their columns. */
export function findWordInCode(snapshot: Snapshot, service: string, word: string): SourceLocation[] {
  const pattern = new RegExp(
    `(?<![A-Za-z0-9_$])${word.replace(/[$()*+.?[\\\]^{|}]/g, String.raw`\$&`)}(?![A-Za-z0-9_$])`,
  );
  const places: SourceLocation[] = [];
  for (const [file, text] of snapshot.files) {
    if (!file.startsWith(`subgraphs/${service}/`) || !file.endsWith('.ts')) continue;
    const offset = pattern.exec(text)?.index;
    if (offset !== undefined) places.push({ file, line: lineAt(text, offset) });
  }
  return places;
}
