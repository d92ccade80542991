/** How much a finding weighs: `breaking` fails the check, `warning` wants a look, `notice` is for the record. */
export type Severity = 'breaking' | 'warning' | 'notice';

/** The five questions that the check asks, in the order of the report. */
export type Judgement = 'composition' | 'api' | 'rules' | 'migrations' | 'plans';

/** A place in a file; the path is relative to the project's root, lines and columns count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line: number;
  readonly column?: number;
}

/** A client as the usage file or an operation's folder names it. */
export interface ClientUsage {
  readonly name: string;
  /** Calls in the time that the usage file covers; absent without a usage file. */
  readonly calls?: number;
  /** When the client was last seen, as an ISO 8601 date. */
  readonly lastSeen?: string;
}

/** Somebody who is hit: an operation from a document, or clients that the usage file alone knows. */
export interface Hit {
  /** The operation's name; absent when only the usage file tells of the use. */
  readonly operation?: string;
  readonly location?: SourceLocation;
  readonly clients: readonly ClientUsage[];
  /** What there is to know about this hit alone, such as that it passes the argument as a variable. */
  readonly note?: string;
}

/** What a person needs to decide: what, where, why, who is hit, and how to go on. */
export interface Finding {
  /** The id in the rule catalogue. */
  readonly rule: string;
  readonly judgement: Judgement;
  readonly severity: Severity;
  /** What it is about: a schema coordinate, `service/table.column`, or an operation's name. */
  readonly subject: string;
  /** One sentence: what happened. */
  readonly what: string;
  /** Where it is in the head; for something removed, where it used to stand in what is left. */
  readonly location?: SourceLocation;
  /** Where it was in the base, when it is gone from there. */
  readonly baseLocation?: SourceLocation;
  /** Other places that have a part in it, such as the definitions that disagree. */
  readonly related?: readonly RelatedPlace[];
  readonly why: string;
  readonly hits: readonly Hit[];
  /** How to go on, one step an entry. */
  readonly next: readonly string[];
  /** Set when freehold.accepted.json has an entry for it that has not expired. */
  readonly accepted?: Acceptance;
  /** Set when the entry for it has expired: the date. */
  readonly acceptanceExpired?: string;
}

/** Another place that has a part in a finding. */
export interface RelatedPlace extends SourceLocation {
  /** What stands there, such as the subgraph's name. */
  readonly label: string;
}

/** Somebody's decision to live with a finding. */
export interface Acceptance {
  readonly reason: string;
  readonly author: string;
  /** The last day on which it holds, as an ISO 8601 date. */
  readonly expires: string;
}

const severityRank: Readonly<Record<Severity, number>> = { breaking: 0, warning: 1, notice: 2 };
const judgementRank: Readonly<Record<Judgement, number>> = {
  composition: 0,
  api: 1,
  migrations: 2,
  plans: 3,
  rules: 4,
};

/** How many calls the finding hits, as far as the usage file tells. */
export function countCalls(finding: Finding): number {
  return finding.hits.flatMap((hit) => hit.clients).reduce((sum, client) => sum + (client.calls ?? 0), 0);
}

/**
 * Sorts by weight: open before accepted, severity, calls hit, operations hit, judgement, then place. The place
 * makes the order the same in every run.
 */
export function sortByWeight(findings: readonly Finding[]): Finding[] {
  const keyed = findings.map((finding) => ({ finding, calls: countCalls(finding) }));
  keyed.sort(
    (a, b) =>
      Number(a.finding.accepted !== undefined) - Number(b.finding.accepted !== undefined) ||
      severityRank[a.finding.severity] - severityRank[b.finding.severity] ||
      b.calls - a.calls ||
      b.finding.hits.length - a.finding.hits.length ||
      judgementRank[a.finding.judgement] - judgementRank[b.finding.judgement] ||
      compareText(printPlace(a.finding), printPlace(b.finding)),
  );
  return keyed.map(({ finding }) => finding);
}

function printPlace(finding: Finding): string {
  const { file, line } = finding.location ?? finding.baseLocation ?? { file: '', line: 0 };
  return `${file}:${String(line).padStart(8, '0')}:${finding.rule}:${finding.subject}`;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** The same for the same rule and subject, so that code scanning knows a finding again after lines have moved. */
export function fingerprintOf(finding: Finding): string {
  return `${finding.rule}:${finding.subject}`;
}
