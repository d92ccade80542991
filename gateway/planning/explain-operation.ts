import { buildSchema, getOperationAST, parse, print, validate } from 'graphql';

import { isDataObject } from '../execution/data.ts';
import { listFragments } from '../operation/conditions.ts';
import { normaliseOperation } from '../operation/normalise-operation.ts';
import { printPlan } from './print-plan.ts';
import { createOperationPlanner } from './query-planner.ts';

/** An operation to explain. */
export interface ExplainInput {
  readonly supergraphSdl: string;
  readonly query: string;
  readonly operationName: string | undefined;
  /** JSON text. */
  readonly variables: string;
}

/** An operation that cannot be explained; the message is for people. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
}

/** Prints every form that an operation passes through. Throws an `ExplainError` for an operation that is wrong. */
export function explainOperation({ supergraphSdl, query, operationName, variables }: ExplainInput): string {
  const planner = createOperationPlanner(supergraphSdl);
  const schema = buildSchema(planner.description.apiSdl, { assumeValidSDL: true });
  const document = parse(query);
  const [mistake] = validate(schema, document);
  if (mistake !== undefined) throw new ExplainError(`The operation is not valid: ${mistake.message}`);
  const operation = getOperationAST(document, operationName);
  if (!operation)
    throw new ExplainError(`Expected one operation named "${operationName ?? ''}", found none.`);
  const conditions = JSON.parse(variables) as unknown;
  if (!isDataObject(conditions))
    throw new ExplainError(`Expected variables as an object, found ${variables}.`);
  const normalised = normaliseOperation({
    operation,
    fragments: listFragments(document),
    schema,
    fieldNames: new Set(planner.description.fieldNames),
    conditions,
  });
  if (normalised.text === '') return 'Everything is answered locally.';
  const { plan, apolloPlan = '' } = planner.plan(normalised.text, normalised.rootFields, true);
  return [
    '# Normalised operation',
    print(parse(normalised.text)),
    "\n# Apollo's plan",
    apolloPlan,
    '\n# Compiled plan',
    printPlan(plan),
  ].join('\n');
}
