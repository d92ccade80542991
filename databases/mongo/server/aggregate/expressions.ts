import { CommandError } from '../command-error.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { ARITHMETIC_OPERATORS } from './expression-operators/arithmetic.ts';
import { COMPARISON_OPERATORS } from './expression-operators/comparison.ts';
import { CONDITION_OPERATORS } from './expression-operators/conditions.ts';
import { DATE_OPERATORS } from './expression-operators/dates.ts';
import { OBJECT_OPERATORS } from './expression-operators/objects.ts';
import { REGEX_OPERATORS } from './expression-operators/regexes.ts';
import { SET_OPERATORS } from './expression-operators/sets.ts';
import { STRING_OPERATORS } from './expression-operators/strings.ts';
import { TYPE_OPERATORS } from './expression-operators/types.ts';
import { mingo } from './mingo.ts';
import type { Context } from 'mingo/core';

// mingo's operators run scripts, or are no MongoDB operator, or have no exact answer here.
const REFUSED = new Set([
  '$function',
  '$accumulator',
  '$toHashedIndexKey',
  'default',
  '$sampleRate',
  '$sigmoid',
]);

/** Ours where mingo's answer differs from MongoDB's. */
const OWN_OPERATORS = {
  ...ARITHMETIC_OPERATORS,
  ...COMPARISON_OPERATORS,
  ...CONDITION_OPERATORS,
  ...DATE_OPERATORS,
  ...OBJECT_OPERATORS,
  ...REGEX_OPERATORS,
  ...SET_OPERATORS,
  ...STRING_OPERATORS,
  ...TYPE_OPERATORS,
};

/** True for the name of an operator that an expression may have. */
export function isOperator(name: string): boolean {
  if (Object.hasOwn(OWN_OPERATORS, name) || EXTRA_OPERATORS.has(name)) return true;
  return !REFUSED.has(name) && Object.hasOwn(mingo().expressions, name);
}

let context: Context | null = null;

/** What mingo evaluates expressions with: its own operators, under ours. */
function expressionContext(): Context {
  if (context !== null) return context;
  const { core, accumulators, expressions } = mingo();
  const { $median, $percentile } = accumulators;
  const theirs = Object.fromEntries(Object.entries(expressions).filter(([name]) => !REFUSED.has(name)));
  const made = core.Context.init({
    expression: { ...theirs, ...OWN_OPERATORS },
    accumulator: { $median, $percentile },
  });
  context = made;
  return made;
}

const EXTRA_OPERATORS = new Set(['$median', '$percentile']);

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
  if (!isOperator(operator)) {
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
  if (!(error instanceof Error) || !(error instanceof mingo().util.MingoError)) return error;
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
    processingMode: mingo().core.ProcessingMode.CLONE_OFF,
    useStrictMode: true,
    scriptEnabled: false,
    failOnError: true,
    context: expressionContext(),
    variables: variables ?? {},
  } as const;
}

/** Compiles an expression: its value for a document, `undefined` when that is missing. */
export function compileExpression(
  expression: unknown,
  variables?: BsonDocument,
): (document: BsonDocument) => unknown {
  checkExpression(expression);
  // By far the most common expression is a top-level field.
  if (typeof expression === 'string' && /^\$[^$.][^.]*$/.test(expression)) {
    const name = expression.slice(1);
    return (document) => (Object.hasOwn(document, name) ? document[name] : undefined);
  }
  if (typeof expression !== 'object' && typeof expression !== 'string') return () => expression;
  const options = expressionOptions(variables);
  const { evalExpr } = mingo().core;
  return (document) => {
    try {
      return evalExpr(document, expression, options);
    } catch (error) {
      throw asCommandError(error);
    }
  };
}
