import {
  type ExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  execute,
  getOperationAST,
} from 'graphql';

import type { RequestContext } from '../request-context.ts';
import { runInStatementScope } from '../statements/statement-scope.ts';
import { DocumentCache } from './document-cache.ts';
import { explainRequest } from './explain-request.ts';

/** An answer as it goes over the wire. */
export interface OperationAnswer {
  /** 400 when nothing was run: not GraphQL, not valid, or variables that do not fit (GraphQL over HTTP, 6.4.1). */
  readonly status: 200 | 400;
  readonly body: string;
}

/** Answers the operation of a parsed request body. The context is made when there is something to run. */
export type AnswerOperation<Client> = (
  body: unknown,
  createContext: () => RequestContext<Client>,
) => Promise<OperationAnswer>;

/** Decides what a client is told of an error. */
export type FormatError = (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;

/**
 * Makes the function that runs a service's operations, by graphql-js alone: a service's one client is the gateway, and
 * what a server for browsers does beside that (a hook around each field, content negotiation) is a good part of what a
 * small answer costs. A document is parsed and validated once.
 */
export function makeAnswerOperation<Client>(
  schema: GraphQLSchema,
  formatError: FormatError,
): AnswerOperation<Client> {
  const documents = new DocumentCache(schema);
  const format = (error: GraphQLError, code: string): GraphQLFormattedError =>
    formatError({ ...error.toJSON(), extensions: { code, ...error.extensions } }, error);
  const refuse = (errors: readonly GraphQLError[], code: string): OperationAnswer => ({
    status: 400,
    body: JSON.stringify({ errors: errors.map((error) => format(error, code)) }),
  });

  return async (body, createContext) => {
    const request = readRequest(body);
    if (typeof request === 'string') return refuse([new GraphQLError(request)], 'BAD_REQUEST');
    const { query, variables, operationName } = request;
    const found = documents.get(query);
    if (found.kind === 'refused') return refuse(found.errors, found.code);
    if (!getOperationAST(found.document, operationName))
      return refuse(
        [new GraphQLError('The document has no operation of that name, or several and none is named.')],
        'OPERATION_RESOLUTION_FAILURE',
      );
    const contextValue = createContext();
    const { data, errors, extensions }: ExecutionResult = await runInStatementScope(
      contextValue.statementScope,
      () =>
        execute({ schema, document: found.document, contextValue, variableValues: variables, operationName }),
    );
    // Nothing was run: a variable's value is not of its type.
    if (data === undefined) return refuse(errors ?? [], 'BAD_USER_INPUT');
    const explained = explainRequest(contextValue);
    const answer = {
      ...(errors ? { errors: errors.map((error) => format(error, 'INTERNAL_SERVER_ERROR')) } : {}),
      data,
      ...(extensions || explained ? { extensions: { ...extensions, ...explained } } : {}),
    };
    return { status: 200, body: JSON.stringify(answer) };
  };
}

interface OperationRequest {
  readonly query: string;
  readonly variables: Record<string, unknown> | null;
  readonly operationName: string | null;
}

/** The parts of a request body, or what is wrong with it. */
function readRequest(body: unknown): OperationRequest | string {
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    return 'Expected one operation as a JSON object: {"query": "…", "variables": {…}}.';
  const { query, variables = null, operationName = null } = body as Record<string, unknown>;
  if (typeof query !== 'string' || query === '') return 'Expected "query" to be the text of an operation.';
  if (variables !== null && (typeof variables !== 'object' || Array.isArray(variables)))
    return 'Expected "variables" to be an object.';
  if (operationName !== null && typeof operationName !== 'string')
    return 'Expected "operationName" to be a text.';
  return { query, variables: variables as Record<string, unknown> | null, operationName };
}
