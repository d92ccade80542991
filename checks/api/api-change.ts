import type { GraphQLSchema } from 'graphql';

import { findNearestPlace } from '../project/schema-index.ts';
import type { Snapshot } from '../project/snapshot.ts';
import type { Finding, SourceLocation } from '../finding.ts';
import type { Evidence, JudgedOperation } from '../operations/evidence.ts';

/** What the judges of API changes look at. */
export interface ApiContext {
  readonly base: { readonly schema: GraphQLSchema; readonly snapshot: Snapshot | undefined };
  readonly head: { readonly schema: GraphQLSchema; readonly snapshot: Snapshot };
  readonly evidence: Evidence;
}

/** A change of the API before it is weighed. */
export interface ApiChange {
  readonly rule: string;
  /** The coordinate that changed; also where usage is looked up, unless `usageCoordinates` says otherwise. */
  readonly subject: string;
  readonly what: string;
  /** What happens to a client that is hit. */
  readonly effect: string;
  /** `break`: a client fails. `danger`: a client may be surprised. `news`: a client should know. */
  readonly kind: 'break' | 'danger' | 'news';
  /** Whether the operation is hit; a text is a note for the reader. */
  readonly isHit: (operation: JudgedOperation) => string | boolean;
  /** Whoever called one of them is hit, as far as the usage file tells. */
  readonly usageCoordinates?: readonly string[];
  /** What there is to know even when no client is hit. */
  readonly whenUnused?: string;
  readonly next: readonly string[];
}

/**
 * Weighs a change by who is hit. Without any operations or usage a break breaks somebody; with them, what nobody
 * uses is safe: a break is a notice then, and a danger is nothing.
 */
export function weighChange(change: ApiChange, context: ApiContext): Finding | undefined {
  const { evidence } = context;
  const coordinates = listUsageCoordinates(change);
  const hits = evidence.findHits(change.isHit, ...coordinates);
  const base = { rule: change.rule, judgement: 'api' as const, subject: change.subject, what: change.what };
  const places = locateChange(change.subject, context);
  if (hits.length === 0 && evidence.isConclusive) {
    if (change.kind !== 'break') return undefined;
    return {
      ...base,
      ...places,
      severity: 'notice',
      why: `${explainSafety(change.subject, evidence)}${change.whenUnused === undefined ? '' : ` ${change.whenUnused}`}`,
      hits,
      next: ['Nothing to do, unless there are clients whose operations are not in the repository.'],
    };
  }
  if (change.kind === 'news' && hits.length === 0) return undefined;
  const isUncalled =
    hits.length > 0 &&
    coordinates.every((coordinate) => evidence.isProvenUnused(coordinate)) &&
    countCallsOf(hits) === 0;
  return {
    ...base,
    ...places,
    severity: severityOf(change.kind, isUncalled),
    why: `${change.effect}${explainHits(hits.length, isUncalled, evidence)}`,
    hits,
    next: change.next,
  };
}

/** Where the usage file is asked who uses what changes. */
export function listUsageCoordinates({ usageCoordinates, subject }: ApiChange): readonly string[] {
  return usageCoordinates ?? [subject];
}

function severityOf(kind: ApiChange['kind'], isUncalled: boolean): Finding['severity'] {
  if (kind === 'news') return 'notice';
  if (kind === 'danger') return isUncalled ? 'notice' : 'warning';
  return isUncalled ? 'warning' : 'breaking';
}

function explainSafety(subject: string, { operations, description }: Evidence): string {
  return operations.some(({ used }) => used.has(subject))
    ? `Safe as it is used: judged by ${description}, every operation that uses it goes on working.`
    : `Safe because unused: judged by ${description}, nobody uses it.`;
}

function explainHits(hits: number, isUncalled: boolean, evidence: Evidence): string {
  if (hits === 0)
    return ` Whether anybody is hit is not known (${evidence.description}), so every client has to count.`;
  return isUncalled ? ` Documents use it, but in the days that the usage file covers nobody sent them.` : '';
}

function countCallsOf(hits: Finding['hits']): number {
  return hits.flatMap((hit) => hit.clients).reduce((sum, client) => sum + (client.calls ?? 0), 0);
}

function locateChange(
  coordinate: string,
  context: ApiContext,
): { location?: SourceLocation; baseLocation?: SourceLocation } {
  const before = context.base.snapshot?.index.find(coordinate)[0];
  const isThere = context.head.snapshot.index.find(coordinate).length > 0;
  // What is gone is shown in the file that it is gone from, though another subgraph may define the type first.
  const after =
    before === undefined || isThere
      ? findNearestPlace(context.head.snapshot.index, coordinate)
      : (findInSubgraph(context, coordinate, before.subgraph) ??
        findNearestPlace(context.head.snapshot.index, coordinate));
  return {
    ...(after === undefined ? {} : { location: plain(after) }),
    ...(before === undefined || isThere ? {} : { baseLocation: plain(before) }),
  };
}

function findInSubgraph(
  context: ApiContext,
  coordinate: string,
  subgraph: string,
): SourceLocation | undefined {
  const type = coordinate.split('.')[0] ?? coordinate;
  const field = coordinate.split('(')[0] ?? coordinate;
  return [field, type]
    .flatMap((parent) => context.head.snapshot.index.find(parent))
    .find((place) => place.subgraph === subgraph);
}

function plain({ file, line, column }: SourceLocation): SourceLocation {
  return column === undefined ? { file, line } : { file, line, column };
}
