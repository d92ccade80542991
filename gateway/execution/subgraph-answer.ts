import { isAscii } from 'node:buffer';

import type { SubgraphResponse } from '../transport/subgraph-request.ts';
import { isDataObject, type DataObject } from './data.ts';
import { FetchError } from '../transport/fetch-error.ts';

/** An error as a subgraph reports it, its shape checked. */
export interface SubgraphErrorReport {
  readonly message: string;
  readonly path: readonly (string | number)[] | undefined;
  readonly extensions: Readonly<Record<string, unknown>>;
}

export interface SubgraphAnswer {
  readonly data: DataObject | undefined;
  readonly errors: readonly SubgraphErrorReport[];
  /** As the subgraph sent them; read only to explain an operation. */
  readonly extensions: unknown;
  /** Whether no string in it needs an escape in JSON. */
  readonly isPlain: boolean;
  /** Whether all of its strings are ASCII. */
  readonly isAscii: boolean;
}

// `\`
const backslash = 0x5c;

// So many errors of one answer are told; the rest are the same news again.
const errorsMax = 1000;

const noErrors: readonly SubgraphErrorReport[] = [];

// What a server may put beside an error to help its developers: no client should read it.
const internalExtensions = new Set(['stacktrace', 'exception', 'response', 'trace', 'debug']);

/** Reads the body of a subgraph's answer. Throws a `FetchError` when it is not one of the GraphQL protocol. */
export function parseSubgraphAnswer(service: string, { status, body }: SubgraphResponse): SubgraphAnswer {
  const isAsciiBody = isAscii(body);
  // In JSON a quote, a backslash or a control character inside of a string has a backslash before it.
  const isPlain = !body.includes(backslash);
  const answer = parseJson(service, status, isAsciiBody ? body.toString('latin1') : body.toString('utf8'));
  const isAnswer = isDataObject(answer) && (answer['data'] !== undefined || answer['errors'] !== undefined);
  if (!isAnswer) {
    if (status >= 300) throw badStatus(service, status, body.toString('utf8'));
    throw badShape(service, `an object with "data" or "errors", found ${describe(answer)}`);
  }
  const { data, errors } = answer;
  if (data !== undefined && data !== null && !isDataObject(data))
    throw badShape(service, `"data" to be an object, found ${describe(data)}`);
  const reports = errors === undefined || errors === null ? noErrors : readErrors(service, errors);
  if ((data === undefined || data === null) && reports.length === 0)
    throw badShape(service, 'data or errors, found neither');
  return {
    data: data ?? undefined,
    errors: reports,
    extensions: answer['extensions'],
    isPlain,
    isAscii: isAsciiBody && isPlain,
  };
}

function parseJson(service: string, status: number, body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    if (status >= 300) throw badStatus(service, status, body);
    throw new FetchError(
      'SUBGRAPH_BAD_RESPONSE',
      `The subgraph "${service}" answered something that is not JSON.`,
      body.slice(0, 200),
    );
  }
}

function badStatus(service: string, status: number, body: string): FetchError {
  return new FetchError(
    'SUBGRAPH_BAD_STATUS',
    `The subgraph "${service}" answered with HTTP status ${status}.`,
    body.slice(0, 200),
  );
}

/** An answer of another shape than the request allows. */
export function badShape(service: string, expectation: string): FetchError {
  return new FetchError(
    'SUBGRAPH_BAD_RESPONSE',
    `The answer of the subgraph "${service}" has a wrong shape: expected ${expectation}.`,
  );
}

/** What a value is, in words. */
export function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function readErrors(service: string, errors: unknown): readonly SubgraphErrorReport[] {
  if (!Array.isArray(errors)) throw badShape(service, `"errors" to be a list, found ${describe(errors)}`);
  return errors.slice(0, errorsMax).map((error: unknown) => {
    const report = isDataObject(error) ? error : {};
    const { message, path, extensions } = report;
    return {
      message:
        typeof message === 'string' && message !== ''
          ? message
          : `The subgraph "${service}" reported an error without a message.`,
      path: isPath(path) ? path : undefined,
      extensions: isDataObject(extensions)
        ? Object.fromEntries(Object.entries(extensions).filter(([key]) => !internalExtensions.has(key)))
        : {},
    };
  });
}

function isPath(path: unknown): path is readonly (string | number)[] {
  return Array.isArray(path) && path.every((part) => typeof part === 'string' || typeof part === 'number');
}
