import { printValue } from '../../values/print-value.ts';
import { CommandError } from '../../command-error.ts';
import { textScoreOf } from '../../query/text-score.ts';
import { fieldOf, isDocument } from '../../values/bson-document.ts';
import { isTruthy } from '../truth.ts';
import { evaluate, evaluateExactly, type ExpressionOperator, isNil } from './operator.ts';

function partsOf(operand: unknown): unknown[] {
  return Array.isArray(operand) ? operand : [operand];
}

const cond: ExpressionOperator = (document, operand, options) => {
  const [test, whenTrue, whenFalse] = Array.isArray(operand)
    ? (operand as unknown[])
    : isDocument(operand)
      ? [operand['if'], operand['then'], operand['else']]
      : [];
  if (test === undefined || whenTrue === undefined || whenFalse === undefined) {
    throw new CommandError('Location16020', 'Missing parameter to $cond: it needs if, then and else');
  }
  return evaluate(document, isTruthy(evaluate(document, test, options)) ? whenTrue : whenFalse, options);
};

const switchOf: ExpressionOperator = (document, operand, options) => {
  if (!isDocument(operand) || !Array.isArray(operand['branches'])) {
    throw new CommandError('Location40323', '$switch requires an array of branches');
  }
  for (const branch of operand['branches'] as unknown[]) {
    if (!isDocument(branch))
      throw new CommandError('Location40323', '$switch expected each branch to be an object');
    if (isTruthy(evaluate(document, branch['case'], options))) {
      return evaluate(document, branch['then'], options);
    }
  }
  if (Object.hasOwn(operand, 'default')) return evaluate(document, operand['default'], options);
  throw new CommandError(
    'Location40066',
    '$switch could not find a matching branch for an input, and no default was specified.',
  );
};

const ifNull: ExpressionOperator = (document, operand, options) => {
  const parts = partsOf(operand);
  if (parts.length < 2) {
    throw new CommandError('Location1257300', `$ifNull needs at least two arguments, had: ${parts.length}`);
  }
  for (const part of parts.slice(0, -1)) {
    const value = evaluate(document, part, options);
    if (!isNil(value)) return value;
  }
  return evaluate(document, parts.at(-1), options);
};

const getField: ExpressionOperator = (document, operand, options) => {
  const isLong = isDocument(operand) && Object.hasOwn(operand, 'field');
  const name = isLong ? operand['field'] : operand;
  const field = evaluate(document, name, options);
  const input =
    isLong && Object.hasOwn(operand, 'input') ? evaluate(document, operand['input'], options) : document;
  if (typeof field !== 'string') {
    throw new CommandError('Location5654602', "$getField requires 'field' to evaluate to type String");
  }
  return isDocument(input) ? fieldOf(input, field) : undefined;
};

/** Conditions and access; truth is MongoDB's, for which 0 of every numeric type is false. */
export const CONDITION_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $cond: cond,
  $switch: switchOf,
  $and: (document, operand, options) =>
    partsOf(operand).every((part) => isTruthy(evaluate(document, part, options))),
  $or: (document, operand, options) =>
    partsOf(operand).some((part) => isTruthy(evaluate(document, part, options))),
  $not: (document, operand, options) => !isTruthy(evaluateExactly('$not', 1, document, operand, options)[0]),
  $getField: getField,
  $ifNull: ifNull,
  $meta: (document, operand) => {
    if (operand !== 'textScore') {
      throw new CommandError('Location17308', `Unsupported argument to $meta: ${printValue(operand)}`);
    }
    return typeof document === 'object' && document !== null ? textScoreOf(document) : undefined;
  },
};
