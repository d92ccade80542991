import { Kind } from 'graphql';

import type { SourceLocation } from '../finding.ts';
import type { Snapshot } from './snapshot.ts';
import { hasDirective, listKeys, listTypesOf, type SubgraphType } from './subgraph-types.ts';
import { listTopFields } from './removed-keys.ts';

/** Fields of one type that a subgraph no longer answers, and that another one does. */
export interface MovedFields {
  readonly service: string;
  readonly type: string;
  readonly fields: readonly MovedField[];
  /** The subgraphs of the head that answer one of them, in their order. */
  readonly takers: readonly string[];
  /** Whether the subgraph itself is gone. */
  readonly isServiceGone: boolean;
  /** The type in the head: where it was, or else where it is answered now. */
  readonly location: SourceLocation | undefined;
  readonly baseLocation: SourceLocation;
}

export interface MovedField {
  readonly name: string;
  /** Part of a key: whoever has the entity has it, so that nobody asks for it but by another key. */
  readonly isKey: boolean;
}

/** What leaves a subgraph and stays in the graph. What leaves the graph is judged as a change of its API. */
export function listMovedFields(base: Snapshot, head: Snapshot): MovedFields[] {
  return base.subgraphs.flatMap(({ name: service, schemaFile: file }) => {
    const after = listTypesOf(head, service);
    const isServiceGone = !head.subgraphs.some(({ name }) => name === service);
    return [...listTypesOf(base, service).values()].flatMap((type): MovedFields[] => {
      const now = after.get(type.name);
      // What no key leads to is asked below other fields only: those are told of.
      if (now === undefined && !isEntrance(type)) return [];
      const kept = new Set(listAnswered(now));
      const keyFields = new Set(listKeys(type).flatMap(({ fields }) => listTopFields(fields)));
      const takersOf = (field: string) =>
        head.subgraphs
          .map(({ name }) => name)
          .filter((name) => name !== service && answers(listTypesOf(head, name).get(type.name), field));
      const fields = listAnswered(type).filter(
        (field) =>
          !kept.has(field) && !isOverridden(base, service, type.name, field) && takersOf(field).length > 0,
      );
      if (fields.length === 0) return [];
      return [
        {
          service,
          type: type.name,
          fields: fields.map((name) => ({ name, isKey: keyFields.has(name) })),
          takers: [...new Set(fields.flatMap(takersOf))],
          isServiceGone,
          location: now ? { file, line: now.line } : findTaken(head, service, type.name),
          baseLocation: { file, line: type.line },
        },
      ];
    });
  });
}

const rootTypes = new Set(['Query', 'Mutation', 'Subscription']);

function isEntrance(type: SubgraphType): boolean {
  return rootTypes.has(type.name) || listKeys(type).length > 0;
}

function findTaken(head: Snapshot, service: string, type: string): SourceLocation | undefined {
  const place = head.index.find(type).find(({ subgraph }) => subgraph !== service);
  return place && { file: place.file, line: place.line };
}

function listAnswered(type: SubgraphType | undefined): string[] {
  return (type?.fields ?? [])
    .filter((field) => !hasDirective(field, 'external'))
    .map(({ name }) => name.value);
}

function answers(type: SubgraphType | undefined, field: string): boolean {
  return listAnswered(type).includes(field);
}

/** Whether another subgraph has taken the field over for all requests: then no plan asks here any more. */
function isOverridden(snapshot: Snapshot, service: string, type: string, field: string): boolean {
  return snapshot.subgraphs.some(({ name }) =>
    listTypesOf(snapshot, name)
      .get(type)
      ?.fields.find((candidate) => candidate.name.value === field)
      ?.directives?.some(({ name: { value }, arguments: given = [] }) => {
        const from = given.find((argument) => argument.name.value === 'from')?.value;
        const isForAll = given.every((argument) => argument.name.value !== 'label');
        return value === 'override' && isForAll && from?.kind === Kind.STRING && from.value === service;
      }),
  );
}
