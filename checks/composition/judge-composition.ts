import type { CompositionOutcome, CompositionProblem } from '../../gateway/supergraph/compose-supergraph.ts';
import type { Finding, RelatedPlace } from '../finding.ts';
import type { Snapshot } from '../project/snapshot.ts';

/** Judges the head's composition: errors, hints that are new, and a committed supergraph that is out of step. */
export function judgeComposition(
  head: Snapshot,
  outcome: CompositionOutcome,
  changedSubgraphs: readonly string[],
  baseHints: readonly CompositionProblem[],
): Finding[] {
  if (outcome.kind === 'failed')
    return mergeSame(outcome.errors).map((error) => describeError(error, changedSubgraphs, head));
  const known = new Set(baseHints.map(printHint));
  const hints = mergeSame(outcome.hints.filter((hint) => !known.has(printHint(hint)))).map(describeHint);
  return [...hints, ...judgeCommitted(head, outcome.supergraphSdl)];
}

function printHint({ code, message }: CompositionProblem): string {
  return `${code} ${message}`;
}

/** The composition tells the same error once for each definition that takes part. */
function mergeSame(problems: readonly CompositionProblem[]): CompositionProblem[] {
  const merged = new Map<string, CompositionProblem>();
  for (const problem of problems) {
    const known = merged.get(printHint(problem));
    merged.set(
      printHint(problem),
      known === undefined ? problem : { ...problem, places: [...known.places, ...problem.places] },
    );
  }
  return [...merged.values()];
}

function describeError(
  error: CompositionProblem,
  changedSubgraphs: readonly string[],
  head: Snapshot,
): Finding {
  const unreachable = findUnreachable(error.message);
  const related = error.places.length > 0 ? listPlaces(error) : listDefinitions(head, unreachable);
  const names = [...new Set(related.map((place) => place.label))];
  const changed = changedSubgraphs.length === 0 ? 'none' : changedSubgraphs.join(', ');
  const whose =
    names.length > 1
      ? `${names.join(' and ')} disagree`
      : `the composition cannot use what ${names[0] ?? 'the subgraphs together'} say${names.length === 1 ? 's' : ''}`;
  const [first, ...others] = preferChanged(related, changedSubgraphs);
  return {
    rule: 'composition-failed',
    judgement: 'composition',
    severity: 'breaking',
    subject: `${error.code} ${unreachable ?? (firstQuoted(error.message) || names.join(', '))}`.trim(),
    what: `The subgraphs do not compose (${error.code}): ${error.message.trim()}`,
    ...(first === undefined ? {} : { location: { file: first.file, line: first.line } }),
    ...(others.length === 0 ? {} : { related: others }),
    why: `There is no supergraph to serve: ${whose}. Changed subgraphs: ${changed}.`,
    hits: [],
    next: [adviceFor(error.code)],
  };
}

/** Somebody who reads this wants the line of their change first. */
function preferChanged(places: readonly RelatedPlace[], changedSubgraphs: readonly string[]): RelatedPlace[] {
  const isChanged = (place: RelatedPlace) => changedSubgraphs.includes(place.label);
  return [...places.filter(isChanged), ...places.filter((place) => !isChanged(place))];
}

function listPlaces(problem: CompositionProblem): RelatedPlace[] {
  const seen = new Set<string>();
  return problem.places.flatMap(({ file, line, subgraph }) => {
    if (file === undefined || seen.has(`${file}:${line}`)) return [];
    seen.add(`${file}:${line}`);
    return [{ file, line, label: subgraph }];
  });
}

/** A SATISFIABILITY_ERROR has no place and begins with a query; what it is about is the field that no step can reach. */
function findUnreachable(message: string): string | undefined {
  return /cannot find field "([^"]+)"/.exec(message)?.[1];
}

function listDefinitions(head: Snapshot, coordinate: string | undefined): RelatedPlace[] {
  if (coordinate === undefined) return [];
  return head.index.find(coordinate).map(({ file, line, subgraph }) => ({ file, line, label: subgraph }));
}

function firstQuoted(message: string): string {
  return /"([@A-Za-z_][^"]*)"/.exec(message)?.[1] ?? '';
}

const advice: Readonly<Record<string, string>> = {
  INVALID_GRAPHQL: 'Mend the schema file; it is no valid GraphQL.',
  FIELD_TYPE_MISMATCH: 'Give the field the same type in every subgraph, in one change.',
  FIELD_ARGUMENT_TYPE_MISMATCH: 'Give the argument the same type in every subgraph, in one change.',
  REQUIRED_ARGUMENT_MISSING_IN_SOME_SUBGRAPH:
    'Add the argument in every subgraph that has the field, optional at first.',
  INVALID_FIELD_SHARING:
    'Mark the field @shareable in each of these subgraphs when they give the same value, or leave it in one of them.',
  EXTERNAL_MISSING_ON_BASE:
    'Keep the field in the subgraph that owns it, or remove the @external field and what requires it.',
  SATISFIABILITY_ERROR:
    'Give the type a @key that both subgraphs can resolve, so that the gateway finds a way from one to the other.',
  KEY_INVALID_FIELDS: 'Name only fields of the type in @key(fields:).',
  REQUIRES_INVALID_FIELDS: 'Name only @external fields of the type in @requires(fields:).',
  PROVIDES_INVALID_FIELDS: 'Name only @external fields of the returned type in @provides(fields:).',
  NO_QUERIES: 'Leave at least one field in type Query.',
};

function adviceFor(code: string): string {
  return (
    advice[code] ??
    `Mend the schemas at the places named here. ${code} is explained in Apollo Federation's list of composition errors.`
  );
}

function describeHint(hint: CompositionProblem): Finding {
  const [first, ...others] = listPlaces(hint);
  return {
    rule: 'composition-hint',
    judgement: 'composition',
    severity: 'notice',
    subject: `${hint.code} ${firstQuoted(hint.message)}`.trim(),
    what: `${hint.code}: ${hint.message.trim()}`,
    ...(first === undefined ? {} : { location: { file: first.file, line: first.line } }),
    ...(others.length === 0 ? {} : { related: others }),
    why: 'The subgraphs compose, but they do not say the same.',
    hits: [],
    next: ['Make them agree, or switch the hint off for this subject with the reason why they differ.'],
  };
}

function judgeCommitted(head: Snapshot, composed: string): Finding[] {
  if (head.supergraphSdl === undefined || head.supergraphSdl.trim() === composed.trim()) return [];
  return [
    {
      rule: 'supergraph-stale',
      judgement: 'composition',
      severity: 'warning',
      subject: head.supergraphFile,
      what: `${head.supergraphFile} is not what the subgraphs compose to.`,
      location: { file: head.supergraphFile, line: 1 },
      why: 'A gateway that reads the file does not know the change.',
      hits: [],
      next: ['Run "npx freehold publish" and commit the file, or let the publish job do it at the merge.'],
    },
  ];
}
