import type { GraphQLFormattedError } from 'graphql';

import type { TraceReport } from '../../gateway/telemetry/trace-report.ts';
import { readEnvironment } from '../environment.ts';
import { ExplainError, OperationRefused } from './explain-error.ts';

/** An operation to run for its trace. */
export interface TracedOperation {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a gateway answered beside the data. */
export interface TracedAnswer {
  readonly report: TraceReport;
  readonly errors: readonly GraphQLFormattedError[];
}

/** Runs an operation at a gateway that may be asked for traces. @throws {ExplainError} when there is no trace. */
export async function askForTrace(url: string, operation: TracedOperation): Promise<TracedAnswer> {
  const { query, variables, operationName } = operation;
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      ...operation.headers,
      'content-type': 'application/json',
      accept: 'application/json',
      'freehold-explain': '1',
    },
    body: JSON.stringify({ query, variables, ...(operationName !== undefined && { operationName }) }),
  }).catch((error: unknown) => {
    throw new ExplainError(
      `No gateway answers at ${url} (${describeCause(error)}). "npx freehold start" starts one; --url names another.`,
      { cause: error },
    );
  });
  const text = await response.text().catch((error: unknown) => {
    throw new ExplainError(`The gateway at ${url} broke off its answer (${describeCause(error)}).`, {
      cause: error,
    });
  });
  const body = parseAnswer(text);
  if (body === undefined)
    throw new ExplainError(
      `Expected a GraphQL answer from ${url}, found HTTP status ${response.status} with ${JSON.stringify(text.slice(0, 200))}.`,
    );
  const { extensions, errors = [] } = body;
  if (extensions?.freehold?.version === 1) return { report: extensions.freehold, errors };
  if (errors.length > 0) throw new OperationRefused(`The operation was not run:\n${printErrors(errors)}`);
  throw new ExplainError(
    `The gateway at ${url} answered without a trace. It traces with the compiled engine, in development or with the ` +
      'header freehold-explain-token that its option explainToken names (FREEHOLD_EXPLAIN_TOKEN sends it).',
  );
}

/** The header with the secret of those who may ask for traces in production, where the environment has it. */
export function explainTokenHeaders(): Readonly<Record<string, string>> {
  const token = readEnvironment()['FREEHOLD_EXPLAIN_TOKEN'];
  return token ? { 'freehold-explain-token': token } : {};
}

/** Errors of an answer, one a line. */
export function printErrors(errors: readonly GraphQLFormattedError[]): string {
  return errors
    .map(({ message, path, locations, extensions }) => {
      const code = extensions?.['code'];
      const place = path === undefined ? '' : `${path.join('.')}: `;
      // A place in the answer tells more than the one in the document.
      const [at] = path === undefined ? (locations ?? []) : [];
      const notes = [
        ...(at === undefined ? [] : [`line ${at.line}, column ${at.column}`]),
        ...(typeof code === 'string' ? [code] : []),
      ];
      return `  ${place}${message}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`;
    })
    .join('\n');
}

interface GraphqlAnswer {
  readonly errors?: readonly GraphQLFormattedError[];
  readonly extensions?: { readonly freehold?: TraceReport };
}

function parseAnswer(text: string): GraphqlAnswer | undefined {
  try {
    const body: unknown = JSON.parse(text);
    // What a gateway answers; a report tells its version, which is looked at.
    return typeof body === 'object' && body !== null ? body : undefined;
  } catch {
    return undefined;
  }
}

function describeCause(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  const { code, message } = (cause ?? {}) as { readonly code?: unknown; readonly message?: unknown };
  if (typeof code === 'string') return code;
  return typeof message === 'string' ? message : String(error);
}
