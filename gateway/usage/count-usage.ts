import {
  getNamedType,
  separateOperations,
  typeFromAST,
  type DocumentNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import { collectCoordinates } from './collect-coordinates.ts';
import {
  addCalls,
  addRecords,
  dropOlder,
  printRecords,
  talliesOf,
  type ClientTallies,
  type TalliesByName,
} from './tallies.ts';
import type { UsageFile } from './usage-file.ts';
import { collectVariableCoordinates, listWatchedVariables, type WatchedVariable } from './walk-variables.ts';

/** An operation that a client sent and the schema accepted. */
export interface UsedOperation {
  readonly schema: GraphQLSchema;
  /** SHA-256 of the document's text. */
  readonly queryHash: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly client: string;
}

/** Documents that are kept apart between two writes; more of them are added up early. */
const shapesMax = 2000;
/** Names that are told apart; clients choose them, so beyond this many all others count as one. */
const clientsMax = 1000;
const operationsMax = 10_000;
export const otherNames = '(others)';

/** One operation of one document: what it uses is the same at every call. */
interface Shape {
  readonly name: string | undefined;
  readonly coordinates: readonly string[];
  readonly variables: readonly WatchedVariable[];
  readonly calls: ClientTallies;
}

/** Counts what clients use. A call costs one look-up and one addition, beside its variables' input types. */
export class UsageCounts {
  readonly #operations: TalliesByName = new Map();
  readonly #coordinates: TalliesByName = new Map();
  readonly #shapes = new Map<string, Shape>();
  readonly #clients = new Set<string>();
  #schema: GraphQLSchema | undefined;
  #fromMs: number;

  /** Counts from now on, or goes on from what a file says. */
  constructor(nowMs: number, before?: UsageFile) {
    this.#fromMs = before === undefined ? nowMs : Date.parse(before.from);
    if (before === undefined) return;
    addRecords(this.#operations, before.operations);
    addRecords(this.#coordinates, before.coordinates);
    for (const tallies of [...this.#operations.values(), ...this.#coordinates.values()])
      for (const client of tallies.keys()) this.#clients.add(client);
  }

  /** Counts one request. */
  count(used: UsedOperation, nowMs: number): void {
    const shape = this.#findShape(used);
    const client = this.#boundClient(used.client);
    addCalls(shape.calls, client, 1, nowMs);
    if (shape.variables.length === 0) return;
    const known = new Set(shape.coordinates);
    for (const coordinate of collectVariableCoordinates(shape.variables, used.variables))
      // Once a request, though document and variables may both have it.
      if (!known.has(coordinate)) addCalls(talliesOf(this.#coordinates, coordinate), client, 1, nowMs);
  }

  /** What was counted, as a file says it. Forgets clients that used something last more than `keepDays` ago. */
  print(nowMs: number, keepDays: number): UsageFile {
    this.#addUp();
    const oldestMs = nowMs - keepDays * 86_400_000;
    dropOlder(this.#operations, oldestMs);
    dropOlder(this.#coordinates, oldestMs);
    this.#fromMs = Math.max(this.#fromMs, oldestMs);
    return {
      format: 'freehold-usage',
      version: 1,
      from: new Date(this.#fromMs).toISOString(),
      to: new Date(nowMs).toISOString(),
      operations: printRecords(this.#operations),
      coordinates: printRecords(this.#coordinates),
    };
  }

  #findShape({ schema, queryHash, document, operation }: UsedOperation): Shape {
    // What a document uses depends on the schema; an exchanged supergraph brings another.
    if (this.#schema !== schema || this.#shapes.size >= shapesMax) this.#addUp();
    this.#schema = schema;
    const name = operation.name?.value;
    const key = `${queryHash} ${name ?? ''}`;
    const known = this.#shapes.get(key);
    if (known !== undefined) return known;
    const made: Shape = {
      name,
      coordinates: listCoordinates(schema, document, operation),
      variables: listWatchedVariables(schema, operation),
      calls: new Map(),
    };
    this.#shapes.set(key, made);
    return made;
  }

  #boundClient(client: string): string {
    if (this.#clients.has(client)) return client;
    if (this.#clients.size >= clientsMax) return otherNames;
    this.#clients.add(client);
    return client;
  }

  #addUp(): void {
    for (const { name, coordinates, calls } of this.#shapes.values())
      for (const [client, tally] of calls) {
        if (name !== undefined) {
          const isBounded = this.#operations.has(name) || this.#operations.size < operationsMax;
          const tallies = talliesOf(this.#operations, isBounded ? name : otherNames);
          addCalls(tallies, client, tally.calls, tally.lastSeenMs);
        }
        for (const coordinate of coordinates)
          addCalls(talliesOf(this.#coordinates, coordinate), client, tally.calls, tally.lastSeenMs);
      }
    this.#shapes.clear();
  }
}

function listCoordinates(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): string[] {
  // A request runs one operation of its document.
  const own = separateOperations(document)[operation.name?.value ?? ''] ?? document;
  const { used, types } = collectCoordinates(schema, own);
  const declared = (operation.variableDefinitions ?? []).flatMap(({ type }) => {
    const found = typeFromAST(schema, type);
    return found === undefined ? [] : [getNamedType(found).name];
  });
  // What tools ask of every schema says nothing about this one.
  return [...new Set([...used, ...types, ...declared])].filter((name) => !/(^|\.)__/.test(name));
}
