/** What clients read of a subgraph's own errors. */
export type SubgraphErrorPolicy = 'pass' | 'mask-internal';

/** An error as a subgraph reported it. */
interface ReportedError {
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
}

// Under which the subgraph's own log has the rest.
const idNames = ['id', 'errorId'];

/** Codes that a server gives to what it did not expect: the message was written for its developers. */
const internalCodes: ReadonlySet<unknown> = new Set([
  undefined,
  'INTERNAL_SERVER_ERROR',
  'DOWNSTREAM_SERVICE_ERROR',
]);

/** Whether the message of an error was written for clients: then it has a code of its own. */
export function isInternalError({ extensions }: ReportedError): boolean {
  return internalCodes.has(extensions['code']);
}

/** An internal error without its inside: a sentence, its code, and the id if the subgraph gave one. */
export function maskSubgraphError<Reported extends ReportedError>(
  error: Reported,
  service: string,
): Reported {
  const { code = 'INTERNAL_SERVER_ERROR' } = error.extensions;
  const ids = idNames.flatMap((name) => {
    const value = error.extensions[name];
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return {
    ...error,
    message: `The subgraph "${service}" reported an internal error.`,
    extensions: { code, ...Object.fromEntries(ids) },
  };
}
