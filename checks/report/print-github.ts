import type { CheckReport } from '../check.ts';
import type { Finding } from '../finding.ts';
import { printHits, printSummary } from './describe-finding.ts';

const commands: Readonly<Record<Finding['severity'], string>> = {
  breaking: 'error',
  warning: 'warning',
  notice: 'notice',
};

/** Workflow commands of GitHub Actions: each annotates its line in the pull request. The summary is the last line. */
export function printGithub(report: CheckReport): string {
  const lines = report.findings.map((finding) => {
    // An accepted break is shown and does not look like a failure.
    const command = finding.accepted === undefined ? commands[finding.severity] : 'notice';
    const place = finding.location ?? finding.baseLocation;
    const properties = [
      ...(place === undefined ? [] : [`file=${escapeProperty(place.file)}`, `line=${place.line}`]),
      ...(place?.column === undefined ? [] : [`col=${place.column}`]),
      `title=${escapeProperty(`${finding.rule}: ${finding.subject}`)}`,
    ];
    const message = [
      finding.what,
      finding.why,
      ...printHits(finding.hits).map((hit) => `Hit: ${hit}`),
      ...finding.next.map((step) => `Next: ${step}`),
    ].join('\n');
    return `::${command} ${properties.join(',')}::${escapeData(message)}`;
  });
  const notes = report.notes.map((note) => `::notice title=freehold check::${escapeData(note)}`);
  return `${[...lines, ...notes, printSummary(report)].join('\n')}\n`;
}

// https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts says what is escaped, and where.
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
