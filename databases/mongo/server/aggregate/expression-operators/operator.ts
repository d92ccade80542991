import type { Options } from 'mingo/types';
import { CommandError } from '../../command-error.ts';
import { mingo } from '../mingo.ts';

/** An expression operator in mingo's form: it evaluates its own operand. */
export type ExpressionOperator = (document: unknown, operand: unknown, options: Options) => unknown;

/** Evaluates an operand for the document at hand. */
export function evaluate(document: unknown, operand: unknown, options: Options): unknown {
  return mingo().core.evalExpr(document, operand, options);
}

/** Evaluates an operand that is a list of arguments, or a single one. */
export function evaluateList(document: unknown, operand: unknown, options: Options): unknown[] {
  if (Array.isArray(operand)) return operand.map((part) => evaluate(document, part, options));
  return [evaluate(document, operand, options)];
}

/** Evaluates exactly `count` arguments; throws as MongoDB does for another number. */
export function evaluateExactly(
  name: string,
  count: number,
  document: unknown,
  operand: unknown,
  options: Options,
): unknown[] {
  const given = Array.isArray(operand) ? operand.length : 1;
  if (given !== count) {
    throw new CommandError(
      'Location16020',
      `Expression ${name} takes exactly ${count} arguments. ${given} were passed in.`,
    );
  }
  return evaluateList(document, operand, options);
}

/** True for null and for what is missing. */
export function isNil(value: unknown): value is null | undefined {
  return value === null || value === undefined;
}
