import { finalRules } from '../catalogue.ts';
import type { ClientUsage, Finding, Hit, SourceLocation } from '../finding.ts';
import type { CheckReport } from '../check.ts';

/** More hits than this are counted, not listed: a person reads the first ones. */
export const hitsMax = 10;

export function printLocation({ file, line }: SourceLocation): string {
  return `${file}:${line}`;
}

/** Where the finding is: in the head, and where it was when it is gone from there. */
export function printPlaces(finding: Finding): string {
  const { location, baseLocation } = finding;
  if (location === undefined)
    return baseLocation === undefined ? '' : `${printLocation(baseLocation)} in the base`;
  if (baseLocation === undefined) return printLocation(location);
  const was = baseLocation.file === location.file ? `line ${baseLocation.line}` : printLocation(baseLocation);
  return `${printLocation(location)} (was ${was})`;
}

/** Who is hit, one line each: operation, place, clients with calls. */
export function printHits(hits: readonly Hit[]): string[] {
  const lines = hits.slice(0, hitsMax).map(printHit);
  return hits.length > hitsMax ? [...lines, `and ${hits.length - hitsMax} more operations`] : lines;
}

function printHit(hit: Hit): string {
  const what =
    hit.operation === undefined
      ? 'operations that are in no document'
      : `${hit.operation}${hit.location === undefined ? '' : ` (${printLocation(hit.location)})`}`;
  const clients = hit.clients.length === 0 ? '' : `, sent by ${hit.clients.map(printClient).join('; ')}`;
  return `${what}${clients}${hit.note === undefined ? '' : ` - ${hit.note}`}`;
}

function printClient({ name, calls, lastSeen }: ClientUsage): string {
  if (calls === undefined) return name;
  const seen = lastSeen === undefined ? '' : `, last seen ${lastSeen.slice(0, 10)}`;
  return `${name} (${calls} call${calls === 1 ? '' : 's'}${seen})`;
}

/** The names of the clients that are hit, for one line. */
export function listClients(finding: Finding): string[] {
  return [...new Set(finding.hits.flatMap((hit) => hit.clients.map((client) => client.name)))];
}

/** `2 breaking, 1 warning, 3 notices; 1 accepted` */
export function printSummary(report: CheckReport): string {
  const open = report.findings.filter((finding) => finding.accepted === undefined);
  const accepted = report.findings.length - open.length;
  const count = (severity: Finding['severity']) =>
    open.filter((finding) => finding.severity === severity).length;
  const parts = [
    count('breaking') > 0 ? `${count('breaking')} breaking` : '',
    count('warning') > 0 ? plural(count('warning'), 'warning') : '',
    count('notice') > 0 ? plural(count('notice'), 'notice') : '',
  ].filter((part) => part !== '');
  const found = parts.length === 0 ? 'Nothing found' : parts.join(', ');
  return `${found}${accepted > 0 ? `; ${accepted} accepted` : ''}. Compared with ${report.base}; judged by ${report.evidence}.`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** Whether the check fails: something breaks and nobody accepted it. */
export function isBreaking(report: CheckReport): boolean {
  return report.findings.some(({ severity, accepted }) => severity === 'breaking' && accepted === undefined);
}

/** How a break can be accepted, with an entry to copy; undefined when nothing breaks that can be. */
export function printAcceptHint(report: CheckReport): { text: string; entry: string } | undefined {
  const first = report.findings.find(
    ({ rule, severity, accepted }) =>
      severity === 'breaking' && accepted === undefined && !finalRules.includes(rule),
  );
  if (first === undefined) return undefined;
  const { rule, subject } = first;
  const entry = { rule, subject, reason: '...', author: '...', expires: 'YYYY-MM-DD' };
  return {
    text: 'To accept a break, put an entry into the list "accepted" of freehold.accepted.json; for the first one here:',
    entry: JSON.stringify(entry),
  };
}

/** What stands in the text beside who decided. */
export function printAcceptance(finding: Finding): string | undefined {
  const { accepted, acceptanceExpired } = finding;
  if (accepted !== undefined)
    return `Accepted by ${accepted.author} until ${accepted.expires}: ${accepted.reason}`;
  if (acceptanceExpired !== undefined) return `It was accepted until ${acceptanceExpired}; that is over.`;
  return undefined;
}
