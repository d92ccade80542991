import { z } from 'zod';

import { CheckError } from '../check-error.ts';
import type { Finding } from '../finding.ts';
import { printProblems } from '../project/print-problems.ts';
import { parseJson } from '../project/snapshot.ts';
import type { RuleInfo } from '../rule-info.ts';

/** Where accepted findings are recorded; the file need not exist. */
export const acceptedFile = 'freehold.accepted.json';

/** Findings that somebody decided to live with. */
export const acceptedShape = z
  .strictObject({
    $schema: z.string().optional(),
    accepted: z.array(
      z.strictObject({
        rule: z.string().min(1).describe('The id of the rule, as the finding shows it.'),
        subject: z.string().min(1).describe('The subject of the finding, as it shows it.'),
        reason: z
          .string()
          .trim()
          .min(1, 'expected a reason')
          .describe('Why it is no harm, or worth the harm.'),
        author: z.string().trim().min(1, 'expected who decided').describe('Who decided.'),
        expires: z.iso.date().describe('The last day on which it holds, such as 2026-12-31.'),
      }),
    ),
  })
  .meta({ title: 'Accepted findings of freehold check', id: 'freehold-accepted' });

type Accepted = z.infer<typeof acceptedShape>['accepted'];

/** Checks the text of the file; @throws {CheckError} listing all problems. */
export function parseAccepted(text: string | undefined, catalogue: readonly RuleInfo[]): Accepted {
  if (text === undefined) return [];
  const parsed = acceptedShape.safeParse(parseJson(text, acceptedFile));
  if (!parsed.success)
    throw new CheckError(
      `${acceptedFile} cannot be used:\n${printProblems(parsed.error.issues, acceptedShape)}`,
    );
  const { accepted } = parsed.data;
  const find = (name: string) => catalogue.find(({ id }) => id === name);
  // What it was meant for stays unaccepted, and an entry that is never used would look as if it were.
  const unknown = accepted.filter(({ rule }) => find(rule) === undefined);
  if (unknown.length > 0)
    throw new CheckError(
      `${acceptedFile} names rules that do not exist: ${unknown.map(({ rule }) => rule).join(', ')}. They are listed in docs/checks.md.`,
    );
  const refused = accepted.filter(({ rule }) => find(rule)?.isFinal === true);
  if (refused.length > 0)
    throw new CheckError(
      `${acceptedFile} accepts what cannot be accepted, because it cannot be deployed: ${refused.map(printEntry).join(', ')}. Take it out of the file and mend what the finding names.`,
    );
  return accepted;
}

function printEntry({ rule, subject }: Accepted[number]): string {
  return `${rule} of ${JSON.stringify(subject)}`;
}

/** What to say of entries that match no finding: they are over, or their subject is misspelt. */
export function noteUnused(findings: readonly Finding[], accepted: Accepted): string[] {
  const unused = accepted.filter(
    ({ rule, subject }) => !findings.some((finding) => finding.rule === rule && finding.subject === subject),
  );
  if (unused.length === 0) return [];
  const [entries, are] = unused.length === 1 ? ['an entry', 'it is'] : ['entries', 'they are'];
  return [
    `${acceptedFile} has ${entries} that no finding matches: ${unused.map(printEntry).join(', ')}. Take out what is no longer needed; where ${are} for a finding here, copy its subject.`,
  ];
}

/** Marks the findings that are accepted; an entry holds until the end of its last day, in UTC. */
export function markAccepted(findings: readonly Finding[], accepted: Accepted, now: Date): Finding[] {
  const today = now.toISOString().slice(0, 10);
  return findings.map((finding) => {
    const entries = accepted.filter(
      ({ rule, subject }) => rule === finding.rule && subject === finding.subject,
    );
    const valid = entries.find(({ expires }) => expires >= today);
    if (valid !== undefined) {
      const { reason, author, expires } = valid;
      return { ...finding, accepted: { reason, author, expires } };
    }
    const [expired] = entries;
    return expired === undefined ? finding : { ...finding, acceptanceExpired: expired.expires };
  });
}
