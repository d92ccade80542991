import type { FetchErrorCode } from './transport/fetch-error.ts';

/** Codes that stand beside partial data, at the path of what is missing, and when they happen. */
export const engineErrors = {
  UNAUTHORIZED_FIELD_OR_TYPE:
    'the caller may not see what was asked for here; it was not asked of any subgraph',
  SUBGRAPH_UNREACHABLE: 'no connection to the subgraph, or it broke off its answer',
  SUBGRAPH_TIMEOUT: 'the subgraph did not answer in time',
  SUBGRAPH_BAD_STATUS: 'the subgraph answered with an HTTP status that is no success, and without GraphQL',
  SUBGRAPH_BAD_RESPONSE: "the subgraph's answer is not a GraphQL response",
  SUBGRAPH_RESPONSE_TOO_LARGE: "the subgraph's answer is larger than the limit",
  SUBGRAPH_OVERLOADED: 'too many requests to the subgraph are in flight or wait already',
  SUBGRAPH_CIRCUIT_OPEN: 'the subgraph failed too often, and is not asked for a while',
  REQUEST_TIMEOUT: 'the time of the whole request was up before the subgraph had answered',
  REQUEST_CANCELLED: 'the request ended before the subgraph had answered',
  INVALID_SUBGRAPH_DATA: "the subgraph's data is not what its schema says",
  OPERATION_PLAN_FAILED: 'no plan could be made for the operation',
  BAD_USER_INPUT: 'a variable is not of its type',
} as const satisfies Readonly<Record<FetchErrorCode, string>> & Readonly<Record<string, string>>;

/** Codes of Apollo Server that the gateway passes on. */
export const serverErrors = {
  GRAPHQL_PARSE_FAILED: 'the document is not GraphQL',
  GRAPHQL_VALIDATION_FAILED:
    'the document does not fit the schema, or asks for introspection in `production`',
  BAD_REQUEST: 'the body or the URL holds no operation',
  OPERATION_RESOLUTION_FAILURE: 'the document has no operation of the name that was given',
  PERSISTED_QUERY_NOT_FOUND: 'the hash is not registered yet: the client sends the text with it (APQ)',
  PERSISTED_QUERY_NOT_SUPPORTED: '`automaticPersistedQueries` is off',
} as const satisfies Readonly<Record<string, string>>;
