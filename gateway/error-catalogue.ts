/** One kind of failure: what a client is told, and with which HTTP status when it is the whole answer. */
export interface ErrorEntry {
  /** HTTP status, where the request as a whole is refused. */
  readonly status: number;
  /** `client`: the message is written for the client. `internal`: detail goes to the log, an id to the client. */
  readonly audience: 'client' | 'internal';
  /** When it happens, for the documentation. */
  readonly when: string;
}

function client(status: number, when: string): ErrorEntry {
  return { status, audience: 'client', when };
}

/** Every code that the gateway itself puts into `extensions.code`. Subgraphs' codes pass through beside these. */
export const errorCatalogue = {
  UNAUTHENTICATED: client(
    401,
    'the token is not valid or has expired, or there is none and `authentication` is "required"',
  ),
  AUTHENTICATION_UNAVAILABLE: client(
    503,
    'a key set cannot be read, and the token has a key that no other set has, so that it cannot be judged',
  ),
  UNAUTHORIZED_FIELD_OR_TYPE: client(
    200,
    'the caller may not see a field or type; it is null, and the rest is answered',
  ),
  BAD_USER_INPUT: client(400, 'a variable has a value that its type does not allow'),
  SUBSCRIPTION_NOT_SUPPORTED: client(400, 'the operation is a subscription; the gateway answers none'),
  OPERATION_PLAN_FAILED: client(
    400,
    'the subgraphs cannot answer the operation together, or it holds a value that cannot be sent to them',
  ),
  OPERATION_PLAN_TIMEOUT: client(504, 'the operation could not be planned within `planTimeoutMs`'),
  OPERATION_PLAN_OVERLOADED: client(503, 'more than `planQueueMax` operations wait to be planned'),
  SUBGRAPH_UNREACHABLE: client(200, 'a subgraph could not be reached, or broke off its answer'),
  SUBGRAPH_TIMEOUT: client(200, 'a subgraph did not answer within `timeoutMs`'),
  SUBGRAPH_BAD_STATUS: client(200, 'a subgraph answered with an HTTP status of failure, and no GraphQL'),
  SUBGRAPH_BAD_RESPONSE: client(200, 'what a subgraph answered is not JSON, or not of the expected shape'),
  SUBGRAPH_RESPONSE_TOO_LARGE: client(200, 'a subgraph answered more than `responseBytesMax`'),
  SUBGRAPH_OVERLOADED: client(200, 'more than `queueMax` requests wait for a subgraph'),
  SUBGRAPH_CIRCUIT_OPEN: client(200, 'a subgraph has failed too often and is not asked for a while'),
  DOWNSTREAM_SERVICE_ERROR: client(200, 'a subgraph reported an error without a code of its own'),
  INVALID_SUBGRAPH_DATA: client(
    200,
    'a value of a subgraph is null or wrong where its type does not allow it',
  ),
  REQUEST_CANCELLED: client(200, 'the client has left; nobody reads this'),
  BODY_TOO_LARGE: client(413, 'the request body has more bytes than `bodyBytesMax`'),
  INVALID_JSON: client(400, 'the request body is not JSON'),
  UNSUPPORTED_MEDIA_TYPE: client(415, 'a POST is not application/json in UTF-8, or has a content encoding'),
  METHOD_NOT_ALLOWED: client(405, 'the path exists, but not for this HTTP method'),
  NOT_FOUND: client(404, 'there is nothing at this path'),
  NOT_READY: client(503, 'the gateway has stopped; while it drains, it still answers'),
  OVERLOADED: client(
    503,
    'more requests are in flight than `requestsInFlightMax`; Retry-After says when to try again',
  ),
  RATE_LIMITED: client(
    429,
    'the client sends more than `rateLimitPerSecond`; Retry-After says when to try again',
  ),
  CSRF_PREVENTED: client(400, 'a browser could send the request for a foreign page without asking first'),
  BATCH_LIMIT: client(400, 'the body is an array with more operations than `batchMax`'),
  TOKEN_LIMIT: client(400, 'the document has more tokens than `tokensMax`'),
  SELECTION_LIMIT: client(
    400,
    'the operation, with its fragments spread out, selects more than `selectionsMax` fields and fragments',
  ),
  DEPTH_LIMIT: client(400, 'the operation has more levels of fields than `depthMax`'),
  ROOT_FIELD_LIMIT: client(400, 'the operation has more root fields than `rootFieldsMax`'),
  ALIAS_LIMIT: client(400, 'the operation has more aliases than `aliasesMax`'),
  DIRECTIVE_LIMIT: client(400, 'the operation uses more directives than `directivesMax`'),
  VARIABLES_DEPTH_LIMIT: client(400, 'the variables are nested deeper than `variablesDepthMax`'),
  COST_LIMIT: client(400, 'the estimated cost of the operation is above `costMax`'),
  QUERY_NOT_IN_SAFELIST: client(
    403,
    '`trustedDocuments` is "enforce" and the document is not in the manifest',
  ),
  PERSISTED_QUERY_NOT_IN_LIST: client(
    404,
    '`trustedDocuments` is "enforce" and no document of the manifest has the id',
  ),
  REQUEST_TIMEOUT: client(504, 'the operation took longer than `requestTimeoutMs`'),
  INTERNAL_SERVER_ERROR: {
    status: 500,
    audience: 'internal',
    when: 'a fault of the gateway; the log has it by its id',
  },
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCatalogue;
