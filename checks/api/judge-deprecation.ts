import { Kind, type DirectiveNode } from 'graphql';

import type { Finding } from '../finding.ts';
import type { Place } from '../project/schema-index.ts';
import type { Snapshot } from '../project/snapshot.ts';

const removals = new Set(['field-removed', 'enum-value-removed', 'argument-removed', 'input-field-removed']);

const nextAfterDeprecation = [
  'Keep it for now: the deprecation alone has not moved everybody off it.',
  'Tell the clients named here what to use instead, and remove it when none of them uses it any more.',
];

/** When the line of a base's file was written; undefined when that is not known. */
export type FindLineDate = (file: string, line: number) => Promise<Date | undefined>;

/**
 * Says of each removal whether it was announced. A removal that breaks somebody gets the age of the deprecation in its
 * own text; one that nobody is known to use is a finding of its own when it was not deprecated for `daysMin` days.
 */
export async function judgeDeprecation(
  findings: readonly Finding[],
  base: Snapshot,
  findLineDate: FindLineDate,
  daysMin: number,
  now: Date,
): Promise<Finding[]> {
  const judged: Finding[] = [];
  for (const finding of findings) {
    const place = removals.has(finding.rule) ? base.index.find(finding.subject)[0] : undefined;
    if (place === undefined) {
      judged.push(finding);
      continue;
    }
    const days = await findAge(place, findLineDate, now);
    const age = describeAge(place, days);
    if (finding.severity !== 'notice') {
      const next = isDeprecated(place) ? [...nextAfterDeprecation] : finding.next;
      judged.push({ ...finding, why: `${finding.why} ${age}`, next });
      continue;
    }
    judged.push({ ...finding, why: `${finding.why} ${age}` });
    const isAnnounced = isDeprecated(place) && (days === undefined || days >= daysMin);
    if (!isAnnounced) judged.push(describeSurprise(finding, age, daysMin));
  }
  return judged;
}

function describeSurprise(finding: Finding, age: string, daysMin: number): Finding {
  return {
    ...finding,
    rule: 'deprecation-before-removal',
    judgement: 'rules',
    severity: 'warning',
    what: `${finding.subject} is removed without having been deprecated for ${daysMin} days.`,
    why: `${age} A client that is not in the repository hears of a removal only by its deprecation.`,
    next: [
      `Restore it with @deprecated(reason: "..."), and remove it after ${daysMin} days.`,
      'When no other clients can exist: nothing to do.',
    ],
  };
}

function findDeprecation(place: Place): DirectiveNode | undefined {
  return place.directives.find(({ name }) => name.value === 'deprecated');
}

function isDeprecated(place: Place): boolean {
  return findDeprecation(place) !== undefined;
}

/** Days since the deprecation: by a date in its reason, else by when its line was written. */
async function findAge(place: Place, findLineDate: FindLineDate, now: Date): Promise<number | undefined> {
  const deprecation = findDeprecation(place);
  if (deprecation === undefined) return undefined;
  const reason = deprecation.arguments?.find(({ name }) => name.value === 'reason')?.value;
  const written = reason?.kind === Kind.STRING ? /\b\d{4}-\d{2}-\d{2}\b/.exec(reason.value)?.[0] : undefined;
  const since =
    written === undefined
      ? await findLineDate(place.file, deprecation.loc?.startToken.line ?? place.line)
      : new Date(`${written}T00:00:00Z`);
  return since === undefined || Number.isNaN(since.getTime())
    ? undefined
    : Math.floor((now.getTime() - since.getTime()) / 86_400_000);
}

function describeAge(place: Place, days: number | undefined): string {
  if (!isDeprecated(place)) return 'It was not deprecated before.';
  if (days === undefined) return 'It was deprecated; since when is not known.';
  return `It has been deprecated for ${days} day${days === 1 ? '' : 's'}.`;
}
