/** Why an operation has no plan. */
export type PlanErrorCode =
  /** The planner finds no way to answer it. */
  | 'OPERATION_PLAN_FAILED'
  /** It took longer than `planTimeoutMs`. */
  | 'OPERATION_PLAN_TIMEOUT'
  /** Too many operations wait to be planned. */
  | 'OPERATION_PLAN_OVERLOADED';

/** An operation that cannot be planned; the message is for the client. */
export class OperationPlanError extends Error {
  override readonly name = 'OperationPlanError';
  readonly code: PlanErrorCode;

  constructor(code: PlanErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
