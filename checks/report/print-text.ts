import type { CheckReport } from '../check.ts';
import type { Finding } from '../finding.ts';
import {
  printAcceptance,
  printAcceptHint,
  printHits,
  printLocation,
  printPlaces,
  printSummary,
} from './describe-finding.ts';

/** The report for a terminal or a log: plain text without colours, 110 columns. */
export function printText(report: CheckReport): string {
  const blocks = report.findings.map(printFinding);
  if (report.order.length > 0)
    blocks.push(
      [
        'Safe order',
        ...report.order.map((step, index) => `  ${index + 1}. (${step.phase}) ${step.text}`),
      ].join('\n'),
    );
  if (report.notes.length > 0) blocks.push(report.notes.map((note) => `Note: ${note}`).join('\n'));
  const hint = printAcceptHint(report);
  if (hint !== undefined) blocks.push(`${hint.text}\n  ${hint.entry}`);
  return `${[...blocks, printSummary(report)].join('\n\n')}\n`;
}

function printFinding(finding: Finding): string {
  const acceptance = printAcceptance(finding);
  const label = finding.accepted === undefined ? finding.severity.toUpperCase() : 'ACCEPTED';
  const lines = [
    `${label}  ${finding.rule}  ${finding.subject}`,
    ...row('what', [finding.what]),
    ...row('where', [
      printPlaces(finding),
      ...(finding.related ?? []).map((place) => `${printLocation(place)} (${place.label})`),
    ]),
    ...row('why', [finding.why]),
    ...row('hits', printHits(finding.hits)),
    ...row('next', finding.next),
    ...(acceptance === undefined ? [] : row('note', [acceptance])),
  ];
  return lines.join('\n');
}

function row(name: string, texts: readonly string[]): string[] {
  const lines = texts.filter((text) => text !== '').flatMap((text) => wrap(text));
  return lines.map((line, index) => `  ${(index === 0 ? name : '').padEnd(5)} ${line}`);
}

const widthMax = 102;

/**
 * Lines of a text that is too long are indented, so that one entry is told from the next. A line keeps its own
 * indentation: in the composition's errors it tells a reason from the reason's reason.
 */
function wrap(text: string): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const indentation = /^ */.exec(paragraph)?.[0] ?? '';
    const lines: string[] = [];
    let line = indentation;
    for (const word of paragraph.slice(indentation.length).split(' ')) {
      if (line !== indentation && line.length + 1 + word.length > widthMax) {
        lines.push(line);
        line = `${indentation}  ${word}`;
      } else line = line === indentation ? indentation + word : `${line} ${word}`;
    }
    return [...lines, line];
  });
}
