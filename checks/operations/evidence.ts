import type { GraphQLSchema } from 'graphql';

import type { ClientUsage, Hit } from '../finding.ts';
import { collectCoordinates, type OperationCoordinates } from '../../gateway/usage/collect-coordinates.ts';
import type { KnownOperation } from './known-operation.ts';
import type { Usage } from './usage-file.ts';

/** Below this many days a usage file proves nothing about what is not in it: some clients call once a week. */
export const usageDaysMin = 7;

/** Who uses what: the known operations of the base and the usage file, asked by schema coordinate. */
export interface Evidence {
  /** Whether a coordinate that nobody is known to use may be taken for unused. */
  readonly isConclusive: boolean;
  /** Whether the usage file covers enough days to prove that nobody used this coordinate. */
  isProvenUnused(coordinate: string): boolean;
  /** For people: what the judgement rests on. */
  readonly description: string;
  readonly operations: readonly JudgedOperation[];
  /** Operations that pass the test, and clients of which the usage file alone knows that they use one of the coordinates. */
  findHits(test: (operation: JudgedOperation) => string | boolean, ...coordinates: readonly string[]): Hit[];
}

/** A known operation with what it uses of the base's schema. */
export interface JudgedOperation extends OperationCoordinates {
  readonly known: KnownOperation;
  readonly hit: Hit;
}

/** Gathers the evidence. `isStillThere` tells whether the head still has the operation's document. */
export function gatherEvidence(
  schema: GraphQLSchema,
  operations: readonly KnownOperation[],
  isStillThere: (operation: KnownOperation) => boolean,
  usage: Usage | undefined,
): Evidence {
  const judged = operations.map((known) => ({
    known,
    ...collectCoordinates(schema, known.document),
    hit: describeOperation(known, usage, isStillThere(known)),
  }));
  const isUsageConclusive = usage !== undefined && usage.days >= usageDaysMin;
  return {
    isConclusive: operations.length > 0 || isUsageConclusive,
    isProvenUnused: (coordinate) =>
      isUsageConclusive && !(usage.coordinates.get(coordinate) ?? []).some(({ calls = 0 }) => calls > 0),
    description: describeEvidence(operations.length, usage),
    operations: judged,
    findHits: (test, ...coordinates) => {
      const hits = judged.flatMap((operation) => {
        const answer = test(operation);
        if (answer === false) return [];
        const note = typeof answer === 'string' ? answer : operation.hit.note;
        return [note === undefined ? operation.hit : { ...operation.hit, note }];
      });
      if (usage === undefined) return hits;
      return [...hits, ...describeOtherClients(coordinates, hits, judged, usage)];
    },
  };
}

function describeOperation(known: KnownOperation, usage: Usage | undefined, isStillThere: boolean): Hit {
  const counted = usage?.operations.get(known.name) ?? [];
  const silent = known.clients.filter((name) => !counted.some((client) => isSameClient(client.name, name)));
  const clients: ClientUsage[] = [...counted, ...silent.map((name) => ({ name }))];
  return {
    operation: known.name,
    location: known.location,
    clients,
    ...(isStillThere
      ? {}
      : { note: 'its document is removed or changed here, but clients in use still send it' }),
  };
}

/** A document names `ios`, and the gateway counts `ios/4.2`. */
function isSameClient(counted: string, name: string): boolean {
  return counted === name || counted.startsWith(`${name}/`);
}

/** What the usage file counted beyond the operations that are known; clients that are hit anyway are not told twice. */
function describeOtherClients(
  coordinates: readonly string[],
  hits: readonly Hit[],
  judged: readonly JudgedOperation[],
  usage: Usage,
): Hit[] {
  const told = new Set(hits.flatMap((hit) => hit.clients.map((client) => client.name)));
  const names = new Set(judged.map(({ known }) => known.name));
  // One call may have been counted at several of the coordinates: the greatest count is told, not the sum.
  const byName = new Map<string, ClientUsage>();
  for (const client of coordinates.flatMap((coordinate) => listUnexplained(coordinate, judged, usage))) {
    if (told.has(client.name)) continue;
    const known = byName.get(client.name);
    if ((known?.calls ?? -1) < (client.calls ?? 0)) byName.set(client.name, client);
  }
  const others = [...byName.values()];
  if (others.length === 0) return [];
  const notes = others.flatMap(({ name: client }) => {
    const sent = [...usage.operations].filter(
      ([name, clients]) => !names.has(name) && clients.some((one) => one.name === client),
    );
    return sent.length === 0 ? [] : [`${client} also sends ${listShort(sent.map(([name]) => name))}`];
  });
  return [{ clients: others, ...(notes.length === 0 ? {} : { note: notes.join('; ') }) }];
}

/** Who called the coordinate more often than known operations that use it were counted: those are judged by themselves. */
function listUnexplained(
  coordinate: string,
  judged: readonly JudgedOperation[],
  usage: Usage,
): ClientUsage[] {
  const users = new Set(
    judged
      .filter(({ used, types, variableTypes }) =>
        [used, types, variableTypes].some((names) => names.has(coordinate)),
      )
      .map(({ known }) => known.name),
  );
  return (usage.coordinates.get(coordinate) ?? []).filter((client) => {
    const explained = [...users]
      .flatMap((name) => usage.operations.get(name) ?? [])
      .filter(({ name }) => name === client.name)
      .reduce((sum, { calls = 0 }) => sum + calls, 0);
    return (client.calls ?? 0) > explained;
  });
}

function listShort(names: readonly string[]): string {
  return names.length <= 5
    ? names.join(', ')
    : `${names.slice(0, 5).join(', ')} and ${names.length - 5} more`;
}

function describeEvidence(operations: number, usage: Usage | undefined): string {
  const parts = [
    `${operations} known operation${operations === 1 ? '' : 's'}`,
    usage === undefined ? 'no usage file' : `${usage.file} (${Math.round(usage.days)} days)`,
  ];
  return parts.join(' and ');
}
