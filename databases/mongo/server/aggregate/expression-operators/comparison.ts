import { areEqual, compareValues } from '../../values/sort-key.ts';
import { evaluateExactly, type ExpressionOperator } from './operator.ts';

function comparison(name: string, decide: (order: number) => unknown): ExpressionOperator {
  return (document, operand, options) => {
    const [left, right] = evaluateExactly(name, 2, document, operand, options);
    return decide(Math.sign(compareValues(left, right)));
  };
}

function equality(name: string, wanted: boolean): ExpressionOperator {
  return (document, operand, options) => {
    const [left, right] = evaluateExactly(name, 2, document, operand, options);
    return areEqual(left, right) === wanted;
  };
}

/** Comparisons in MongoDB's order across types; mingo answers false between types. */
export const COMPARISON_OPERATORS: Readonly<Record<string, ExpressionOperator>> = {
  $cmp: comparison('$cmp', (order) => order),
  $eq: equality('$eq', true),
  $ne: equality('$ne', false),
  $gt: comparison('$gt', (order) => order > 0),
  $gte: comparison('$gte', (order) => order >= 0),
  $lt: comparison('$lt', (order) => order < 0),
  $lte: comparison('$lte', (order) => order <= 0),
};
