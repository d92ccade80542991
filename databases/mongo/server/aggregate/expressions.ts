import { Context, evalExpr, ProcessingMode } from 'mingo/core';
import * as accumulators from 'mingo/operators/accumulator';
import * as mingoOperators from 'mingo/operators/expression';
import { MingoError } from 'mingo/util';
import { CommandError } from '../command-error.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { ARITHMETIC_OPERATORS } from './expression-operators/arithmetic.ts';
import { COMPARISON_OPERATORS } from './expression-operators/comparison.ts';
import { CONDITION_OPERATORS } from './expression-operators/conditions.ts';
import { SET_OPERATORS } from './expression-operators/sets.ts';
import { TYPE_OPERATORS } from './expression-operators/types.ts';

// mingo's operators run scripts, or are no MongoDB operator, or have no exact answer here.
const REFUSED = new Set(['$function', '$accumulator', '$toHashedIndexKey', 'default', '$sampleRate']);

const fromMingo = Object.fromEntries(Object.entries(mingoOperators).filter(([name]) => !REFUSED.has(name)));

/** mingo's expression operators, with ours where mingo's answer differs from MongoDB's. */
const OPERATORS = {
  ...fromMingo,
  ...ARITHMETIC_OPERATORS,
  ...COMPARISON_OPERATORS,
  ...CONDITION_OPERATORS,
  ...SET_OPERATORS,
  ...TYPE_OPERATORS,
};

const { $stdDevPop, $stdDevSamp, $median, $percentile } = accumulators;

/** What mingo evaluates expressions with. */
export const EXPRESSION_CONTEXT = Context.init({
  // The types of mingo's tables are looser than those of its modules.
  expression: OPERATORS as Parameters<typeof Context.init>[0] extends infer Ops
    ? NonNullable<Ops> extends { expression?: infer Expression }
      ? NonNullable<Expression>
      : never
    : never,
  accumulator: { $stdDevPop, $stdDevSamp, $median, $percentile },
});

const EXTRA_OPERATORS = new Set(['$stdDevPop', '$stdDevSamp', '$median', '$percentile']);

/** Refuses what MongoDB would refuse when it parses the expression. */
export function checkExpression(expression: unknown): void {
  if (Array.isArray(expression)) {
    for (const part of expression) checkExpression(part);
    return;
  }
  if (typeof expression === 'string' && expression.startsWith('$')) checkFieldPath(expression);
  if (!isDocument(expression)) return;
  const keys = Object.keys(expression);
  const operator = keys.find((key) => key.startsWith('$'));
  if (operator === undefined) {
    for (const value of Object.values(expression)) checkExpression(value);
    return;
  }
  if (keys.length > 1) {
    throw new CommandError(
      'Location15983',
      `An object representing an expression must have exactly one field: { ${keys.join(', ')} }`,
    );
  }
  if (!Object.hasOwn(OPERATORS, operator) && !EXTRA_OPERATORS.has(operator)) {
    throw new CommandError('InvalidPipelineOperator', `Unrecognized expression '${operator}'`);
  }
  if (operator !== '$literal') checkExpression(expression[operator]);
}

function checkFieldPath(path: string): void {
  if (path === '$') throw new CommandError('Location16872', "'$' by itself is not a valid FieldPath");
  const parts = path.replace(/^\$\$?/, '').split('.');
  if (parts.includes('')) {
    throw new CommandError('Location15998', 'FieldPath field names may not be empty strings.');
  }
}

/** MongoDB's error for what mingo threw. */
export function asCommandError(error: unknown): unknown {
  if (!(error instanceof MingoError)) return error;
  const undefinedVariable = /undefined variable: (\w+)/.exec(error.message);
  if (undefinedVariable !== null) {
    return new CommandError('Location17276', `Use of undefined variable: ${undefinedVariable[1]}`);
  }
  return new CommandError('TypeMismatch', error.message);
}

/** Options of mingo for one run: our operators, no scripts, and the variables. */
export function expressionOptions(variables: BsonDocument | undefined) {
  return {
    idKey: '_id',
    processingMode: ProcessingMode.CLONE_OFF,
    useStrictMode: true,
    scriptEnabled: false,
    failOnError: true,
    context: EXPRESSION_CONTEXT,
    variables: variables ?? {},
  } as const;
}

/** Compiles an expression: its value for a document, `undefined` when that is missing. */
export function compileExpression(
  expression: unknown,
  variables?: BsonDocument,
): (document: BsonDocument) => unknown {
  checkExpression(expression);
  const options = expressionOptions(variables);
  // By far the most common expression is a top-level field.
  if (typeof expression === 'string' && /^\$[^$.][^.]*$/.test(expression)) {
    const name = expression.slice(1);
    return (document) => (Object.hasOwn(document, name) ? document[name] : undefined);
  }
  if (typeof expression !== 'object' && typeof expression !== 'string') return () => expression;
  return (document) => {
    try {
      return evalExpr(document, expression, options);
    } catch (error) {
      throw asCommandError(error);
    }
  };
}
