import type { IncomingMessage } from 'node:http';

import type { Logger } from 'pino';

import type { GatewayConfig } from '../config/gateway-config.ts';
import { RequestError } from '../errors.ts';
import { DocumentGuards } from './document-guards.ts';
import { limitBatch } from './limit-batch.ts';
import type { InFlightLimit } from './limit-in-flight.ts';
import { makeRateLimit } from './limit-rate.ts';
import { limitVariablesDepth } from './limit-variables-depth.ts';
import { readOperationInUrl, readPostedOperation, type OperationBody } from './operation-body.ts';
import { preventCsrf } from './prevent-csrf.ts';
import { loadTrustedDocuments, type TrustedDocuments } from './trusted-documents.ts';

/** What stands between a client and the server, in the order in which a request meets it. */
export interface Guards {
  /** On arrival, by headers alone. Answers how to give the place in flight back; throws a `RequestError`. */
  enter(request: IncomingMessage): () => void;
  /** When the body has been read. Answers what the server is to read; throws a `RequestError`. */
  checkBody(body: unknown): unknown;
  /** The same for an operation in the URL's query. */
  checkUrl(search: string): string;
}

export interface GuardParts {
  readonly config: GatewayConfig;
  readonly inFlight: InFlightLimit;
  readonly countRefusal: (guard: string) => void;
  readonly log: Logger;
}

/** A guard on arrival: throws a `RequestError`. */
interface ArrivalGuard {
  readonly name: string;
  readonly check: (request: IncomingMessage) => void;
}

/** A guard on an operation: answers it, perhaps with its text filled in, or throws a `RequestError`. */
interface OperationGuard {
  readonly name: string;
  readonly check: (operation: OperationBody) => OperationBody;
}

/** Makes the guards of a gateway. Rejects with a `ConfigError` when the manifest of trusted documents is not usable. */
export async function makeGuards(parts: GuardParts): Promise<Guards> {
  const { config, countRefusal, inFlight } = parts;
  const trusted = await loadTrustedDocuments(config, parts.log);
  // First what needs no work at all; the rate of one client before the load of all, so that a client over its rate
  // takes no place of the others.
  const onArrival: readonly ArrivalGuard[] = [
    { name: 'rate', check: makeRateLimit(config) },
    { name: 'csrf', check: preventCsrf },
  ];
  const onOperation = listOperationGuards(parts, trusted);

  const run = <Result>(guard: string, check: () => Result): Result => {
    try {
      return check();
    } catch (error) {
      if (error instanceof RequestError && guard !== '') countRefusal(guard);
      throw error;
    }
  };
  const checkOperation = (operation: OperationBody): OperationBody =>
    onOperation.reduce((checked, { name, check }) => run(name, () => check(checked)), operation);

  return {
    enter(request) {
      for (const { name, check } of onArrival) run(name, () => check(request));
      return run('in-flight', () => inFlight.enter());
    },
    checkBody(body) {
      if (!Array.isArray(body)) return checkOperation(readPostedOperation(body)).source.body;
      run('batch', () => limitBatch(body, config.batchMax));
      return body.map((item) => checkOperation(readPostedOperation(item)).source.body);
    },
    checkUrl: (search) => checkOperation(readOperationInUrl(search)).source.search,
  };
}

function listOperationGuards(
  { config, countRefusal }: GuardParts,
  trusted: TrustedDocuments | undefined,
): readonly OperationGuard[] {
  const documents = new DocumentGuards(config, countRefusal);
  // Variables before anything walks them; trusted documents before the shape is judged, because they bring the text.
  // The shape comes before the server parses and validates. Cost needs the schema: it comes after validation.
  return [
    {
      name: 'variables-depth',
      check: (operation) => {
        limitVariablesDepth(operation.variables, config.variablesDepthMax);
        return operation;
      },
    },
    { name: 'trusted-documents', check: (operation) => trusted?.resolve(operation) ?? operation },
    {
      // It counts its refusals itself, by the limit that was passed.
      name: '',
      check: (operation) => {
        if (operation.query !== undefined) documents.check(operation.query);
        return operation;
      },
    },
  ];
}
