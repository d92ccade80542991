import { createHash } from 'node:crypto';

import {
  type DocumentNode,
  type FormattedExecutionResult,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
  Kind,
  parse,
  validate,
} from 'graphql';
import { pino } from 'pino';

import type { CreateEngine, Engine, EngineName, EngineOptions } from '../../gateway/engine.ts';
import { createApolloEngine } from '../../gateway/engines/apollo-engine.ts';
import type { CompiledEngineOptions } from '../../gateway/engines/compiled-engine-options.ts';
import { createCompiledEngine } from '../../gateway/engines/compiled-engine.ts';
import { Cancellation } from '../../gateway/transport/cancellation.ts';
import { FetchError } from '../../gateway/transport/fetch-error.ts';

/** Both engines, in the order in which a test names them. */
export const engineFactories: Readonly<Partial<Record<EngineName, CreateEngine>>> = {
  compiled: createCompiledEngine,
  apollo: createApolloEngine,
};

/** An operation as a client would send it. */
export interface ClientOperation {
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface ClientAnswer {
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: { readonly valueCompletion?: readonly GraphQLFormattedError[] };
}

/** Makes an engine that is silent about what a test does to it on purpose. */
export async function createEngineUnderTest(
  name: EngineName,
  options: Omit<EngineOptions, 'log'> & { readonly compiled?: CompiledEngineOptions },
): Promise<Engine> {
  const create = engineFactories[name];
  if (!create) throw new Error(`There is no engine "${name}"`);
  return create({ ...options, log: pino({ level: 'silent' }) });
}

function findOperation(document: DocumentNode, operationName: string | undefined): OperationDefinitionNode {
  const operation = document.definitions.find(
    (definition): definition is OperationDefinitionNode =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (operationName === undefined || definition.name?.value === operationName),
  );
  if (!operation) throw new Error(`The document has no operation "${operationName}"`);
  return operation;
}

/** What the host makes of a client that leaves. */
function follow(signal: AbortSignal | undefined): Cancellation {
  const cancellation = new Cancellation();
  const cancel = (): void =>
    cancellation.cancel(new FetchError('REQUEST_CANCELLED', 'The request was cancelled.'));
  if (signal?.aborted === true) cancel();
  else signal?.addEventListener('abort', cancel, { once: true });
  return cancellation;
}

/** Parses, validates and runs one operation as the host does, and reads the answer as a client does. */
export async function runOperation(engine: Engine, operation: ClientOperation): Promise<ClientAnswer> {
  const document = parse(operation.query);
  const mistakes = validate(engine.apiSchema, document);
  if (mistakes.length > 0) {
    throw new Error(`The operation is not valid:\n${mistakes.map((mistake) => mistake.message).join('\n')}`);
  }
  const answer = await engine.execute({
    query: operation.query,
    queryHash: createHash('sha256').update(operation.query).digest('hex'),
    document,
    operation: findOperation(document, operation.operationName),
    operationName: operation.operationName,
    variables: operation.variables ?? {},
    headers: operation.headers ?? {},
    cancellation: follow(operation.signal),
  });
  if (answer.kind === 'json') {
    const parsed = JSON.parse(answer.body.toString('utf8')) as ClientAnswer;
    if (answer.hasErrors !== (parsed.errors !== undefined)) {
      throw new Error(
        `The engine says hasErrors: ${answer.hasErrors}, but answers ${answer.body.toString('utf8')}`,
      );
    }
    return parsed;
  }
  // What a client reads has gone through JSON: an undefined or a class instance must not pass a comparison.
  return JSON.parse(JSON.stringify(answer.result satisfies FormattedExecutionResult)) as ClientAnswer;
}

/**
 * The paths of an answer's errors as text (`users.0.name`; `-` for an error without a path), sorted. What the stock
 * engine tells of a null in a non-null place in `extensions.valueCompletion` only counts as an error, which it is by
 * the specification (6.4.4 Handling Field Errors).
 */
export function listErrorPaths(answer: ClientAnswer): string[] {
  const errors = [...(answer.errors ?? []), ...(answer.extensions?.valueCompletion ?? [])];
  return errors.map((error) => error.path?.join('.') ?? '-').sort();
}
