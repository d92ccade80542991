import { diff, type SerializableChange } from '@graphql-inspector/core';
import { isInterfaceType, isObjectType, validate, type GraphQLSchema } from 'graphql';

import type { Finding } from '../finding.ts';
import { printOperation, type KnownOperation, type OperationSet } from '../operations/known-operation.ts';
import { listUsageCoordinates, weighChange, type ApiChange, type ApiContext } from './api-change.ts';
import { describeChange } from './describe-change.ts';
import { listInputDeprecations } from './list-input-deprecations.ts';

/** Judges the difference of two API schemas by the operations that clients send. */
export async function judgeApi(context: ApiContext, headOperations: OperationSet): Promise<Finding[]> {
  const { base, head, evidence } = context;
  // The types of graphql-inspector leave the change's meta open; SerializableChange is its closed union.
  const changes = (await diff(base.schema, head.schema)) as SerializableChange[];
  const sides = {
    base: base.schema,
    head: head.schema,
    isProvenUnused: (coordinate: string) => evidence.isProvenUnused(coordinate),
  };
  const described = [
    ...changes.flatMap((change) => describeChange(change, sides) ?? []),
    ...listInputDeprecations(sides),
  ];
  const weighed = foldImplementations(described, base.schema).flatMap((change) => {
    const finding = weighChange(change, context);
    return finding === undefined ? [] : [{ finding, kind: change.kind }];
  });
  const breaks = weighed.filter(({ kind }) => kind === 'break').map(({ finding }) => finding);
  return [...weighed.map(({ finding }) => finding), ...judgeOperations(context, headOperations, breaks)];
}

/**
 * A change of an interface's field is one finding, not one more for each type that implements it; whoever uses the
 * field of such a type is hit as well.
 */
function foldImplementations(changes: readonly ApiChange[], base: GraphQLSchema): ApiChange[] {
  const folded = new Map<string, ApiChange[]>();
  const keys = new Set(changes.map(({ rule, subject }) => `${rule} ${subject}`));
  for (const change of changes) {
    const key = findInterfaceChange(change, base, keys) ?? `${change.rule} ${change.subject}`;
    folded.set(key, [...(folded.get(key) ?? []), change]);
  }
  return [...folded].flatMap(([key, twins]) => {
    const own = twins.find(({ rule, subject }) => `${rule} ${subject}` === key);
    if (own === undefined) return [];
    return [
      {
        ...own,
        // A client that asked for the field of one type alone was counted there, and not at the interface.
        usageCoordinates: [...new Set(twins.flatMap(listUsageCoordinates))],
        isHit: (operation) =>
          twins.map((twin) => twin.isHit(operation)).find((answer) => answer !== false) ?? false,
      },
    ];
  });
}

function findInterfaceChange(
  { rule, subject }: ApiChange,
  base: GraphQLSchema,
  keys: ReadonlySet<string>,
): string | undefined {
  const dot = subject.indexOf('.');
  const type = dot < 0 ? undefined : base.getType(subject.slice(0, dot));
  if (!isObjectType(type) && !isInterfaceType(type)) return undefined;
  // A type names the interfaces of its interfaces too; the one that has none itself gathers them all.
  return type
    .getInterfaces()
    .toSorted((a, b) => a.getInterfaces().length - b.getInterfaces().length)
    .map((parent) => `${rule} ${parent.name}${subject.slice(dot)}`)
    .find((key) => keys.has(key));
}

/**
 * Validates what clients send, so that nothing escapes because no single change explains it: operations that are
 * new here, and operations of the base that no break names yet.
 */
function judgeOperations(
  { base, head, evidence }: ApiContext,
  headOperations: OperationSet,
  breaks: readonly Finding[],
): Finding[] {
  const named = new Set(
    breaks
      .filter(({ severity }) => severity !== 'notice')
      .flatMap(({ hits }) => hits.map((hit) => hit.operation)),
  );
  const deployed = new Set(evidence.operations.map(({ known }) => printOperation(known)));
  const changed = headOperations.operations.filter((operation) => !deployed.has(printOperation(operation)));
  const refused = changed
    .filter(({ name }) => !named.has(name))
    .flatMap((operation) => describeInvalid(operation, head.schema) ?? []);
  // A document that was mended here is still sent as it was by the clients in use; one that is refused still is told once.
  const told = new Set(refused.map(({ subject }) => subject));
  const escaped = evidence.operations
    .map(({ known }) => known)
    .filter(({ name }) => !named.has(name) && !told.has(name));
  const invalid = [
    ...refused,
    // What the base refuses already is no fault of this change; few are invalid, so the head is asked first.
    ...escaped.flatMap((operation) => {
      const finding = describeInvalid(operation, head.schema);
      return finding === undefined || validate(base.schema, operation.document).length > 0 ? [] : [finding];
    }),
  ];
  const unreadable = headOperations.problems.map(({ location, message }): Finding => ({
    rule: 'operation-invalid',
    judgement: 'api',
    severity: 'breaking',
    subject: location.file,
    what: `A document of known operations cannot be read: ${message}`,
    location,
    why: 'What cannot be read cannot be judged, and no client can send it.',
    hits: [],
    next: ['Mend the document.'],
  }));
  return [...invalid, ...unreadable];
}

function describeInvalid(operation: KnownOperation, schema: GraphQLSchema): Finding | undefined {
  const errors = validate(schema, operation.document, undefined, { maxErrors: 3 });
  const [error] = errors;
  if (error === undefined) return undefined;
  const line = operation.location.file.endsWith('.json')
    ? operation.location.line
    : (error.locations?.[0]?.line ?? operation.location.line);
  return {
    rule: 'operation-invalid',
    judgement: 'api',
    severity: 'breaking',
    subject: operation.name,
    what: `Operation ${operation.name} is refused: ${error.message}`,
    location: { file: operation.location.file, line },
    why: 'The gateway would answer it with this error and no data.',
    hits: [
      {
        operation: operation.name,
        location: operation.location,
        clients: operation.clients.map((name) => ({ name })),
      },
    ],
    next: ['Change the operation, or keep in the schema what it needs.'],
  };
}
