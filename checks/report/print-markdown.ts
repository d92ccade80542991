import type { CheckReport } from '../check.ts';
import type { Finding } from '../finding.ts';
import {
  isBreaking,
  printAcceptance,
  printAcceptHint,
  printHits,
  printLocation,
  printPlaces,
  printSummary,
} from './describe-finding.ts';

const headings: Readonly<Record<Finding['severity'], string>> = {
  breaking: 'Breaking',
  warning: 'Worth a look',
  notice: 'For the record',
};

// GitHub refuses a comment above 65,536 characters.
const lengthMax = 60_000;

/** The report as a pull-request comment: breaks open, the rest folded. */
export function printMarkdown(report: CheckReport): string {
  const title = isBreaking(report) ? '### This change breaks something' : '### Nothing here breaks';
  const open = report.findings.filter((finding) => finding.accepted === undefined);
  const accepted = report.findings.filter((finding) => finding.accepted !== undefined);
  const sections = (['breaking', 'warning', 'notice'] as const).flatMap((severity) => {
    const findings = open.filter((finding) => finding.severity === severity);
    if (findings.length === 0) return [];
    const body = findings.map(printFinding).join('\n\n');
    return [
      severity === 'notice'
        ? fold(`${headings[severity]} (${findings.length})`, body)
        : `#### ${headings[severity]}\n\n${body}`,
    ];
  });
  if (accepted.length > 0)
    sections.push(fold(`Accepted (${accepted.length})`, accepted.map(printFinding).join('\n\n')));
  if (report.order.length > 0)
    sections.push(
      `#### Safe order\n\n${report.order.map((step, index) => `${index + 1}. (${step.phase}) ${escape(step.text)}`).join('\n')}`,
    );
  const hint = printAcceptHint(report);
  if (hint !== undefined)
    sections.push(fold('Accept instead', `${escape(hint.text)}\n\n\`\`\`json\n${hint.entry}\n\`\`\``));
  if (report.notes.length > 0) sections.push(report.notes.map((note) => `> ${escape(note)}`).join('\n'));
  return shorten([title, escape(printSummary(report)), ...sections].join('\n\n'));
}

function shorten(text: string): string {
  if (text.length <= lengthMax) return `${text}\n`;
  const cut = text.lastIndexOf('\n\n', lengthMax);
  return `${text.slice(0, cut)}\n\nThe comment is cut here; "npx freehold check" prints the rest.\n`;
}

function fold(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function printFinding(finding: Finding): string {
  const places = [
    printPlaces(finding),
    ...(finding.related ?? []).map((place) => `${printLocation(place)} (${place.label})`),
  ];
  const acceptance = printAcceptance(finding);
  const hits = printHits(finding.hits);
  return [
    ...printWhat(finding.what),
    `\`${finding.rule}\` at ${places
      .filter((place) => place !== '')
      .map((place) => `\`${place}\``)
      .join(', ')}`,
    '',
    escape(finding.why),
    ...(hits.length === 0 ? [] : ['', 'Hit:', ...hits.map((hit) => `- ${escape(hit)}`)]),
    '',
    'How to go on:',
    ...finding.next.map((step) => `- ${escape(step)}`),
    ...(acceptance === undefined ? [] : ['', `_${escape(acceptance)}_`]),
  ].join('\n');
}

/** The composition tells the way that it looked for in many lines, with a layout of their own. */
function printWhat(what: string): string[] {
  const [first = '', ...rest] = what.split('\n');
  return [`**${escape(first)}**`, ...(rest.length === 0 ? [] : ['', '```text', ...rest, '```', ''])];
}

/** Names from a schema may hold what Markdown and HTML read as their own. */
function escape(text: string): string {
  return (
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll(/([\\*_[\]#|~])/g, String.raw`\$1`)
      // GitHub writes to whoever has the name of a directive; a space of no width between keeps it from that.
      .replaceAll(/@(?=\w)/g, '@&#8203;')
  );
}
