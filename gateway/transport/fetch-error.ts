/** Why a subgraph gave no usable answer. */
export type FetchErrorCode =
  | 'SUBGRAPH_UNREACHABLE'
  | 'SUBGRAPH_TIMEOUT'
  | 'SUBGRAPH_BAD_STATUS'
  | 'SUBGRAPH_BAD_RESPONSE'
  | 'SUBGRAPH_RESPONSE_TOO_LARGE'
  | 'SUBGRAPH_OVERLOADED'
  | 'SUBGRAPH_CIRCUIT_OPEN'
  | 'REQUEST_CANCELLED'
  | 'REQUEST_TIMEOUT';

/** A subgraph request that failed as a whole. The message is for the client; `detail` is for the log. */
export class FetchError extends Error {
  override readonly name = 'FetchError';
  readonly code: FetchErrorCode;
  readonly detail: string | undefined;
  /** No byte of the request has left: whatever it asks for, it may be sent to another server. */
  readonly isUnsent: boolean;

  constructor(code: FetchErrorCode, message: string, detail?: string, isUnsent = false) {
    super(message);
    this.code = code;
    this.detail = detail;
    this.isUnsent = isUnsent;
  }
}
