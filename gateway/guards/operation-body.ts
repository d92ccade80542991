/** What the guards read of one operation in a request, and how they put another document in its place. */
export interface OperationBody {
  readonly query: string | undefined;
  /** The id of a persisted document: `documentId`, or the hash in `extensions.persistedQuery`. */
  readonly documentId: string | undefined;
  readonly variables: unknown;
  /** The same operation with this text, and without an id. */
  withQuery(query: string): OperationBody;
  /** The form that the server reads: a parsed body, or the URL's query. */
  readonly source: { readonly body: unknown; readonly search: string };
}

/** The operation in a parsed JSON body. What is no operation has no text; the server says what is wrong with it. */
export function readPostedOperation(body: unknown): OperationBody {
  const fields = isRecord(body) ? body : {};
  return {
    query: asText(fields['query']),
    documentId: asText(fields['documentId']) ?? readHash(fields['extensions']),
    variables: fields['variables'],
    withQuery: (query) => {
      const { documentId: _documentId, extensions, ...rest } = fields;
      return readPostedOperation({ ...rest, query, extensions: withoutHash(extensions) });
    },
    source: { body, search: '' },
  };
}

/** The operation in a URL's query (GraphQL over HTTP, GET). */
export function readOperationInUrl(search: string): OperationBody {
  const parameters = new URLSearchParams(search);
  // Equivalent to none: https://graphql.github.io/graphql-over-http/draft/#sec-URL-parameters. The server says what is
  // wrong with two.
  const names = parameters.getAll('operationName');
  if (names.length === 1 && names[0] === '') {
    parameters.delete('operationName');
    return readOperationInUrl(`?${parameters.toString()}`);
  }
  const extensions = parseJson(parameters.get('extensions'));
  return {
    query: parameters.get('query') ?? undefined,
    documentId: parameters.get('documentId') ?? readHash(extensions),
    variables: parseJson(parameters.get('variables')),
    withQuery: (query) => {
      const next = new URLSearchParams(parameters);
      next.delete('documentId');
      next.set('query', query);
      next.set('extensions', JSON.stringify(withoutHash(extensions)));
      return readOperationInUrl(`?${next.toString()}`);
    },
    source: { body: undefined, search },
  };
}

function readHash(extensions: unknown): string | undefined {
  const persisted = isRecord(extensions) ? extensions['persistedQuery'] : undefined;
  return isRecord(persisted) ? asText(persisted['sha256Hash']) : undefined;
}

function withoutHash(extensions: unknown): Record<string, unknown> {
  if (!isRecord(extensions)) return {};
  const { persistedQuery: _persistedQuery, ...rest } = extensions;
  return rest;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function parseJson(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // The server refuses it with its own message.
    return undefined;
  }
}
