import type { GraphQLSchema } from 'graphql';

import type { ClientUsage, Hit } from '../finding.ts';
import { collectCoordinates, type OperationCoordinates } from './collect-coordinates.ts';
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
  /** Operations that pass the test, and, when `coordinate` is given, clients that the usage file alone knows of. */
  findHits(test: (operation: JudgedOperation) => string | boolean, coordinate?: string): Hit[];
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
    findHits: (test, coordinate) => {
      const hits = judged.flatMap((operation) => {
        const answer = test(operation);
        if (answer === false) return [];
        const note = typeof answer === 'string' ? answer : operation.hit.note;
        return [note === undefined ? operation.hit : { ...operation.hit, note }];
      });
      const others = coordinate === undefined ? [] : (usage?.coordinates.get(coordinate) ?? []);
      return [...hits, ...describeOtherClients(others, hits)];
    },
  };
}

function describeOperation(known: KnownOperation, usage: Usage | undefined, isStillThere: boolean): Hit {
  const counted = usage?.operations.get(known.name) ?? [];
  const silent = known.clients.filter((name) => !counted.some((client) => client.name === name));
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

/** What the usage file counted beyond the operations that are hit anyway. */
function describeOtherClients(clients: readonly ClientUsage[], hits: readonly Hit[]): Hit[] {
  const known = new Set(hits.flatMap((hit) => hit.clients.map((client) => client.name)));
  const others = clients.filter((client) => (client.calls ?? 0) > 0 && !known.has(client.name));
  return others.length === 0 ? [] : [{ clients: others }];
}

function describeEvidence(operations: number, usage: Usage | undefined): string {
  const parts = [
    `${operations} known operation${operations === 1 ? '' : 's'}`,
    usage === undefined ? 'no usage file' : `${usage.file} (${Math.round(usage.days)} days)`,
  ];
  return parts.join(' and ');
}
