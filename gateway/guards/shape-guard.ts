import type { GatewayConfig } from '../config/gateway-config.ts';
import type { ErrorCode } from '../errors.ts';
import type { OperationShape } from './measure-operation.ts';

/** A limit on an operation's shape, which the text alone decides. */
export interface ShapeGuard {
  /** Name in the metrics. */
  readonly name: string;
  /** The option that holds the limit; 0 turns the guard off. */
  readonly option: ShapeLimitOption;
  readonly code: ErrorCode;
  /** What is limited. */
  readonly measure: (shape: OperationShape) => number;
  /** What a refused client reads. */
  readonly describe: (found: number, limit: number) => string;
}

export type ShapeLimitOption = keyof Pick<
  GatewayConfig,
  'depthMax' | 'aliasesMax' | 'rootFieldsMax' | 'directivesMax' | 'selectionsMax'
>;

/** Names the type of a guard where it is written. */
export function defineShapeGuard(guard: ShapeGuard): ShapeGuard {
  return guard;
}
