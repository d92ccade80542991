import { z } from 'zod';

import { CheckError } from '../check-error.ts';
import type { Finding } from '../finding.ts';
import { printProblems } from '../project/print-problems.ts';
import { parseJson } from '../project/snapshot.ts';

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
export function parseAccepted(text: string | undefined, finalRules: readonly string[]): Accepted {
  if (text === undefined) return [];
  const parsed = acceptedShape.safeParse(parseJson(text, acceptedFile));
  if (parsed.success) {
    const refused = parsed.data.accepted.filter(({ rule }) => finalRules.includes(rule));
    if (refused.length === 0) return parsed.data.accepted;
    throw new CheckError(
      `${acceptedFile} accepts what cannot be accepted, because it cannot be deployed: ${refused.map(({ rule, subject }) => `${rule} of ${JSON.stringify(subject)}`).join(', ')}. Take it out of the file and mend what the finding names.`,
    );
  }
  throw new CheckError(
    `${acceptedFile} cannot be used:\n${printProblems(parsed.error.issues, acceptedShape)}`,
  );
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
