/** A way in which isolation is broken, found by name. */
export type BreachName =
  | 'FOREIGN_IMPORT'
  | 'FOREIGN_CLIENT'
  | 'FOREIGN_VARIABLE'
  | 'SHARED_DATABASE'
  | 'SHARED_CREDENTIALS'
  | 'COMPOSE_NETWORK'
  | 'COMPOSE_PORT'
  | 'COMPOSE_SECRET'
  | 'COMPOSE_ENVIRONMENT'
  | 'DATABASE_OPEN_TO_OTHER'
  | 'ROLE_TOO_STRONG'
  | 'ENVIRONMENT_LEAK'
  | 'PUBLIC_PORT';

export interface Breach {
  readonly name: BreachName;
  /** A file, service, process or address. */
  readonly where: string;
  readonly what: string;
}

/** One try: somebody's credentials on a database. */
export interface Attempt {
  readonly who: string;
  /** The service whose database was tried. */
  readonly database: string;
  /** `unknown`: nothing was there to try, which proves nothing. */
  readonly outcome: 'own' | 'refused' | 'BREACH' | 'unknown';
  readonly how: string;
}

export interface IsolationReport {
  readonly attempts: readonly Attempt[];
  readonly breaches: readonly Breach[];
  /** What was looked at, and what could not be. */
  readonly notes: readonly string[];
}

/** Whether nothing is broken, and every try came to an end that proves something. */
export function isIsolated({ attempts, breaches }: IsolationReport): boolean {
  return breaches.length === 0 && attempts.every(({ outcome }) => outcome === 'own' || outcome === 'refused');
}

/** The matrix of who reached which database, how each was tried, and every breach. */
export function printReport(report: IsolationReport): string {
  const { attempts, breaches, notes } = report;
  const lines = [...notes.map((note) => `  ${note}`), ''];
  if (attempts.length > 0) lines.push(...printMatrix(attempts), '');
  for (const { name, where, what } of breaches) lines.push(`  BREACH ${name}: ${where}: ${what}`);
  lines.push(`  ${printVerdict(report)}`);
  return `${lines.join('\n')}\n`;
}

/** What was not tried is not said to hold. */
function printVerdict(report: IsolationReport): string {
  if (!isIsolated(report)) return 'NOT isolated';
  return report.attempts.length > 0
    ? 'isolated'
    : 'nothing found in source and containers; no database was tried, so nothing says that they are isolated';
}

function printMatrix(attempts: readonly Attempt[]): string[] {
  const databases = [...new Set(attempts.map(({ database }) => database))];
  const callers = [...new Set(attempts.map(({ who }) => who))];
  const rows = [
    ['who \\ database', ...databases],
    ...callers.map((who) => [
      who,
      ...databases.map((database) => {
        const cell = attempts.filter((attempt) => attempt.who === who && attempt.database === database);
        return ['BREACH', 'unknown', 'own', 'refused'].find((outcome) =>
          cell.some((attempt) => attempt.outcome === outcome),
        );
      }),
    ]),
  ];
  const widths = databases.map((database) => Math.max(8, database.length));
  const table = rows.map(
    ([first = '', ...cells]) =>
      `  ${first.padEnd(16)}${cells.map((cell, at) => ` ${(cell ?? '').padEnd(widths[at] ?? 8)}`).join('')}`,
  );
  const ways = [...new Set(attempts.map(({ outcome, how }) => `  ${outcome}: ${how}`))];
  return [...table, '', ...ways];
}
