import { createHash } from 'node:crypto';

import {
  Kind,
  print,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLFormattedError,
  type OperationDefinitionNode,
} from 'graphql';

import type { Engine, EngineAnswer, EngineRequest } from '../engine.ts';
import { LruMap } from '../guards/lru-map.ts';
import { isIncluded } from '../operation/conditions.ts';
import { readDefaults } from '../operation/read-defaults.ts';
import { completeData } from './complete-answer.ts';
import { makeFieldRequirements, type FieldRequirements } from './field-requirements.ts';
import { filterOperation, type Conditions, type FilteredOperation } from './filter-operation.ts';
import { isFulfilled, readRequirements, type Requirement } from './requirements.ts';

/** Callers of one document differ in few ways; more than this many forms of it are made again when they are needed. */
const formsMax = 32;

/** An operation as one kind of caller gets it. */
interface OperationForm extends FilteredOperation {
  readonly query: string;
  readonly queryHash: string;
  /** Of what was taken out, with the conditions under which it was asked for. */
  readonly errors: readonly DeniedError[];
}

interface DeniedError {
  readonly error: GraphQLFormattedError;
  readonly conditions: readonly Conditions[];
}

/** What is known of an operation whoever asks. */
interface KnownOperation {
  /** Every requirement that some selection in it has. */
  readonly requirements: readonly Requirement[];
  readonly forms: LruMap<string, OperationForm>;
}

/**
 * Puts the authorization directives of a supergraph before an engine, whichever it is: what the caller may not see is
 * taken out before the operation is planned, is null in the answer, and has an error UNAUTHORIZED_FIELD_OR_TYPE.
 * What was taken out is part of the query's hash, so no cache gives one caller's plan to another.
 */
export function authorizeEngine(engine: Engine, supergraphSdl: string): Engine {
  const requirements = readRequirements(supergraphSdl);
  if (requirements.size === 0) return engine;
  const fieldRequirements = makeFieldRequirements(engine.apiSchema, requirements);
  const known = new WeakMap<OperationDefinitionNode, KnownOperation>();

  const find = ({ document, operation }: EngineRequest): KnownOperation => {
    let found = known.get(operation);
    if (found === undefined) {
      const listed = listRequirements(engine, fieldRequirements, document);
      found = { requirements: listed, forms: new LruMap(formsMax) };
      known.set(operation, found);
    }
    return found;
  };

  return {
    name: engine.name,
    supergraphSdl,
    apiSchema: engine.apiSchema,
    execute: async (request) => {
      const operation = find(request);
      const denied = new Set(
        operation.requirements.filter((requirement) => !isFulfilled(requirement, request.identity)),
      );
      if (denied.size === 0) return engine.execute(request);
      const key = operation.requirements.map((one) => (denied.has(one) ? '1' : '0')).join('');
      let form = operation.forms.get(key);
      if (form === undefined) {
        form = makeForm(request, key, engine, fieldRequirements, denied);
        operation.forms.set(key, form);
      }
      return executeForm(engine, request, form);
    },
    prepare: async (operations) => engine.prepare?.(operations),
    close: () => engine.close(),
  };
}

/** The requirements of all fields and type conditions of a document, each once. */
function listRequirements(
  engine: Engine,
  requirements: FieldRequirements,
  document: DocumentNode,
): readonly Requirement[] {
  const found = new Set<Requirement>();
  const typeInfo = new TypeInfo(engine.apiSchema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      [Kind.FIELD]: () => {
        const parent = typeInfo.getParentType();
        const field = typeInfo.getFieldDef();
        if (!parent || !field) return;
        for (const requirement of requirements.ofField(parent, field)) found.add(requirement);
      },
      [Kind.NAMED_TYPE]: (node) => {
        const type = engine.apiSchema.getType(node.name.value);
        if (type) for (const requirement of requirements.ofType(type)) found.add(requirement);
      },
    }),
  );
  return [...found];
}

function makeForm(
  request: EngineRequest,
  key: string,
  engine: Engine,
  requirements: FieldRequirements,
  denied: ReadonlySet<Requirement>,
): OperationForm {
  const filtered = filterOperation(request.operation, {
    schema: engine.apiSchema,
    requirements,
    document: request.document,
    isDenied: (needed) => needed.some((requirement) => denied.has(requirement)),
  });
  const name = request.operation.name?.value ?? '';
  return {
    ...filtered,
    query: print(filtered.document),
    queryHash: createHash('sha256').update(`${request.queryHash} ${name} ${key}`).digest('hex'),
    errors: filtered.denied.map(({ path, conditions }) => ({
      error: {
        message: 'Unauthorized field or type',
        path: [...path],
        extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
      },
      conditions,
    })),
  };
}

async function executeForm(
  engine: Engine,
  request: EngineRequest,
  form: OperationForm,
): Promise<EngineAnswer> {
  const { query, queryHash, document, operation, places } = form;
  // Requirements of parts that this operation does not reach.
  if (form.errors.length === 0) return engine.execute(request);
  const answer = await engine.execute({ ...request, query, queryHash, document, operation });
  // Refused as a whole, for a variable perhaps: nobody was denied anything.
  if (answer.kind === 'result' && answer.result.data === undefined) return answer;
  const errors = listAskedErrors(form.errors, request);
  if (errors.length === 0) return answer;
  const result =
    answer.kind === 'json'
      ? (JSON.parse(answer.body.toString('utf8')) as Extract<EngineAnswer, { kind: 'result' }>['result'])
      : answer.result;
  const completed = {
    ...result,
    errors: [...(result.errors ?? []), ...errors],
    data: completeData(result.data, places) as Record<string, unknown> | null,
  };
  return answer.kind === 'json'
    ? { kind: 'json', body: Buffer.from(`${JSON.stringify(completed)}\n`), hasErrors: true }
    : { kind: 'result', result: completed };
}

/** The errors of what this request asks for: with other variables, a condition may leave it out. */
function listAskedErrors(
  errors: readonly DeniedError[],
  { operation, variables }: EngineRequest,
): readonly GraphQLFormattedError[] {
  const values = { ...readDefaults(operation), ...variables };
  return errors
    .filter(({ conditions }) =>
      conditions.some((place) => place.every((directives) => isIncluded(directives, values))),
    )
    .map(({ error }) => error);
}
