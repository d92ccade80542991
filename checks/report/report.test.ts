import { describe, expect, test } from 'vitest';

import type { CheckReport } from '../check.ts';
import type { Finding } from '../finding.ts';
import { printGithub } from './print-github.ts';
import { printJson } from './print-json.ts';
import { printMarkdown } from './print-markdown.ts';
import { printSarif } from './print-sarif.ts';
import { printText } from './print-text.ts';
import { reportShape } from './report-shape.ts';

const removed: Finding = {
  rule: 'field-removed',
  judgement: 'api',
  severity: 'breaking',
  subject: 'Person.email',
  what: 'Field Person.email is gone.',
  location: { file: 'subgraphs/people/schema.graphql', line: 20, column: 6 },
  baseLocation: { file: 'subgraphs/people/schema.graphql', line: 23 },
  why: 'GraphQL refuses <it>: 100% of the time.',
  hits: [
    {
      operation: 'PersonPage',
      location: { file: 'operations/web/person-page.graphql', line: 1 },
      clients: [{ name: 'web', calls: 1204, lastSeen: '2026-11-20T09:00:00Z' }],
    },
  ],
  next: ['Keep Person.email.'],
};
const accepted: Finding = {
  ...removed,
  subject: 'Person.phone',
  hits: [],
  related: [{ file: 'subgraphs/goods/schema.graphql', line: 3, label: 'goods' }],
  accepted: { reason: 'Nobody calls.', author: 'Ada', expires: '2026-12-31' },
};
const report: CheckReport = {
  base: '4f2a1bc (merge base with main)',
  evidence: '4 known operations and no usage file',
  findings: [removed, accepted],
  order: [{ phase: 'publish', text: 'publish the supergraph' }],
  notes: [],
  durationMs: 1234.5,
};

describe('a report', () => {
  test('in text says what, where, why, who is hit and how to go on', () => {
    expect(printText(report)).toMatchInlineSnapshot(`
      "BREAKING  field-removed  Person.email
        what  Field Person.email is gone.
        where subgraphs/people/schema.graphql:20 (was line 23)
        why   GraphQL refuses <it>: 100% of the time.
        hits  PersonPage (operations/web/person-page.graphql:1), sent by web (1204 calls, last seen 2026-11-20)
        next  Keep Person.email.

      ACCEPTED  field-removed  Person.phone
        what  Field Person.email is gone.
        where subgraphs/people/schema.graphql:20 (was line 23)
              subgraphs/goods/schema.graphql:3 (goods)
        why   GraphQL refuses <it>: 100% of the time.
        next  Keep Person.email.
        note  Accepted by Ada until 2026-12-31: Nobody calls.

      Safe order
        1. (publish) publish the supergraph

      To accept a break, put an entry into the list "accepted" of freehold.accepted.json; for the first one here:
        {"rule":"field-removed","subject":"Person.email","reason":"...","author":"...","expires":"YYYY-MM-DD"}

      1 breaking; 1 accepted. Compared with 4f2a1bc (merge base with main); judged by 4 known operations and no usage file.
      "
    `);
  });

  test('in Markdown opens with the outcome and folds what is accepted', () => {
    expect(printMarkdown(report)).toMatchInlineSnapshot(`
      "### This change breaks something

      1 breaking; 1 accepted. Compared with 4f2a1bc (merge base with main); judged by 4 known operations and no usage file.

      #### Breaking

      **Field Person.email is gone.**
      \`field-removed\` at \`subgraphs/people/schema.graphql:20 (was line 23)\`

      GraphQL refuses &lt;it>: 100% of the time.

      Hit:
      - PersonPage (operations/web/person-page.graphql:1), sent by web (1204 calls, last seen 2026-11-20)

      How to go on:
      - Keep Person.email.

      <details><summary>Accepted (1)</summary>

      **Field Person.email is gone.**
      \`field-removed\` at \`subgraphs/people/schema.graphql:20 (was line 23)\`, \`subgraphs/goods/schema.graphql:3 (goods)\`

      GraphQL refuses &lt;it>: 100% of the time.

      How to go on:
      - Keep Person.email.

      _Accepted by Ada until 2026-12-31: Nobody calls._

      </details>

      #### Safe order

      1. (publish) publish the supergraph

      <details><summary>Accept instead</summary>

      To accept a break, put an entry into the list "accepted" of freehold.accepted.json; for the first one here:

      \`\`\`json
      {"rule":"field-removed","subject":"Person.email","reason":"...","author":"...","expires":"YYYY-MM-DD"}
      \`\`\`

      </details>
      "
    `);
  });

  test('in Markdown is cut where GitHub would refuse the comment', () => {
    const many = Array.from({ length: 2000 }, (_, index) => ({
      ...removed,
      subject: `Person.field${index}`,
    }));
    const text = printMarkdown({ ...report, findings: many });
    expect(text.length).toBeLessThan(65_536);
    expect(text).toContain('The comment is cut here');
  });

  test('in Markdown calls nobody who has the name of a directive, and keeps the layout of many lines', () => {
    const finding = {
      ...removed,
      what: 'No way (X):\n- from subgraph "a_b"',
      next: ['Mark it @deprecated.'],
    };
    const text = printMarkdown({ ...report, findings: [finding] });
    expect(text).toContain('**No way (X):**\n\n```text\n- from subgraph "a_b"\n```\n');
    expect(text).toContain('- Mark it @&#8203;deprecated.');
  });

  test('in JSON follows its published schema', () => {
    const json: unknown = JSON.parse(printJson(report));
    expect(reportShape.parse(json)).toMatchObject({ outcome: 'broken', durationMs: 1235 });
  });

  test('in SARIF names rule, level, place and fingerprint, and suppresses what is accepted', () => {
    expect(JSON.parse(printSarif(report))).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'freehold check', rules: [{ id: 'field-removed' }] } },
          results: [
            {
              ruleId: 'field-removed',
              ruleIndex: 0,
              level: 'error',
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'subgraphs/people/schema.graphql' },
                    region: { startLine: 20, startColumn: 6 },
                  },
                },
              ],
              partialFingerprints: { 'freeholdCheck/v1': 'field-removed:Person.email' },
            },
            { suppressions: [{ kind: 'external', justification: 'Nobody calls. (Ada)' }] },
          ],
        },
      ],
    });
  });

  test('in SARIF writes places as URIs, whatever the name of a file', () => {
    const file = 'operations/büro #1/what? 100%.graphql';
    const log = JSON.parse(
      printSarif({ ...report, findings: [{ ...removed, location: { file, line: 1 } }] }),
    ) as { runs: { results: { locations: { physicalLocation: object }[] }[] }[] };
    expect(log.runs[0]?.results[0]?.locations[0]?.physicalLocation).toMatchObject({
      artifactLocation: { uri: 'operations/b%C3%BCro%20%231/what%3F%20100%25.graphql' },
    });
  });

  test('for GitHub annotates lines, escapes what the command reads as its own, and shows accepted breaks as notices', () => {
    expect(printGithub(report).split('\n')).toEqual([
      '::error file=subgraphs/people/schema.graphql,line=20,col=6,title=field-removed%3A Person.email::Field Person.email is gone.%0AGraphQL refuses <it>: 100%25 of the time.%0AHit: PersonPage (operations/web/person-page.graphql:1), sent by web (1204 calls, last seen 2026-11-20)%0ANext: Keep Person.email.',
      '::notice file=subgraphs/people/schema.graphql,line=20,col=6,title=field-removed%3A Person.phone::Field Person.email is gone.%0AGraphQL refuses <it>: 100%25 of the time.%0ANext: Keep Person.email.',
      '1 breaking; 1 accepted. Compared with 4f2a1bc (merge base with main); judged by 4 known operations and no usage file.',
      '',
    ]);
  });

  test('tells its notes in every format', () => {
    const noted = { ...report, notes: ['The base does not compose: 100% silent.'] };
    expect(printText(noted)).toContain('Note: The base does not compose: 100% silent.\n');
    expect(printMarkdown(noted)).toContain('> The base does not compose: 100% silent.');
    expect(printGithub(noted)).toContain(
      '\n::notice title=freehold check::The base does not compose: 100%25 silent.\n',
    );
    expect(JSON.parse(printSarif(noted))).toMatchObject({
      runs: [
        {
          invocations: [
            {
              toolExecutionNotifications: [{ message: { text: 'The base does not compose: 100% silent.' } }],
            },
          ],
        },
      ],
    });
  });

  test('with nothing in it is one line', () => {
    expect(printText({ ...report, findings: [], order: [] })).toBe(
      'Nothing found. Compared with 4f2a1bc (merge base with main); judged by 4 known operations and no usage file.\n',
    );
  });
});
