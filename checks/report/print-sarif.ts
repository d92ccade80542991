import { catalogue } from '../catalogue.ts';
import type { CheckReport } from '../check.ts';
import { fingerprintOf, type Finding, type SourceLocation } from '../finding.ts';
import { printHits } from './describe-finding.ts';

const levels: Readonly<Record<Finding['severity'], string>> = {
  breaking: 'error',
  warning: 'warning',
  notice: 'note',
};

/** The report as SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/), as code scanning loads it. */
export function printSarif(report: CheckReport): string {
  const used = catalogue.filter(({ id }) => report.findings.some(({ rule }) => rule === id));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'freehold check',
            rules: used.map(({ id, reason, severity }) => ({
              id,
              shortDescription: { text: reason },
              defaultConfiguration: { level: levels[severity] },
            })),
          },
        },
        ...(report.notes.length === 0 ? {} : { invocations: [printNotes(report.notes)] }),
        columnKind: 'utf16CodeUnits',
        results: report.findings.map((finding) =>
          printResult(
            finding,
            used.map(({ id }) => id),
          ),
        ),
      },
    ],
  };
  return `${JSON.stringify(log, undefined, 2)}\n`;
}

function printNotes(notes: readonly string[]): object {
  return {
    executionSuccessful: true,
    toolExecutionNotifications: notes.map((text) => ({ level: 'note', message: { text } })),
  };
}

function printResult(finding: Finding, ruleIds: readonly string[]): object {
  const { accepted, related = [] } = finding;
  return {
    ruleId: finding.rule,
    ruleIndex: ruleIds.indexOf(finding.rule),
    level: levels[finding.severity],
    message: {
      text: [
        finding.what,
        finding.why,
        ...printHits(finding.hits).map((hit) => `Hit: ${hit}`),
        ...finding.next.map((step) => `Next: ${step}`),
      ].join('\n'),
    },
    locations: [
      printLocation(finding.location ?? finding.baseLocation ?? { file: 'freehold.json', line: 1 }),
    ],
    ...(related.length === 0
      ? {}
      : {
          relatedLocations: related.map((place, id) => ({
            id,
            ...printLocation(place),
            message: { text: place.label },
          })),
        }),
    partialFingerprints: { 'freeholdCheck/v1': fingerprintOf(finding) },
    ...(accepted === undefined
      ? {}
      : { suppressions: [{ kind: 'external', justification: `${accepted.reason} (${accepted.author})` }] }),
  };
}

function printLocation({ file, line, column }: SourceLocation): object {
  return {
    physicalLocation: {
      artifactLocation: { uri: file.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
      region: { startLine: line, ...(column === undefined ? {} : { startColumn: column }) },
    },
  };
}
