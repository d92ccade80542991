import {
  buildSchema,
  GraphQLError,
  Kind,
  parse,
  print,
  validate,
  type DocumentNode,
  type OperationDefinitionNode,
} from 'graphql';

import { isDataObject, type DataObject } from '../execution/data.ts';
import { listFragments } from '../operation/conditions.ts';
import { normaliseOperation } from '../operation/normalise-operation.ts';
import type { OverrideLabel } from '../supergraph/override-labels.ts';
import { printPlan } from './print-plan.ts';
import { createOperationPlanner } from './query-planner.ts';

/** An operation to explain. */
export interface ExplainInput {
  readonly supergraphSdl: string;
  readonly query: string;
  readonly operationName: string | undefined;
  /** JSON text. */
  readonly variables: string;
  /** The labels of `@override` that are true; without one, those that say `percent(100)`. */
  readonly trueLabels?: readonly string[] | undefined;
}

/** An operation that cannot be explained; the message is for people. */
export class ExplainError extends Error {
  override readonly name = 'ExplainError';
}

/** Prints every form that an operation passes through. Throws an `ExplainError` for an operation that is wrong. */
export function explainOperation(input: ExplainInput): string {
  const { supergraphSdl, query, operationName, variables, trueLabels } = input;
  const planner = createOperationPlanner(supergraphSdl);
  checkLabels(planner.description.overrideLabels, trueLabels);
  const schema = buildSchema(planner.description.apiSdl, { assumeValidSDL: true });
  const document = parseDocument(query);
  const [mistake] = validate(schema, document);
  if (mistake !== undefined) throw new ExplainError(`The operation is not valid: ${printMistake(mistake)}`);
  const operation = findOperation(document, operationName);
  const conditions = parseConditions(variables);
  const normalised = normaliseOperation({
    operation,
    fragments: listFragments(document),
    schema,
    fieldNames: new Set(planner.description.fieldNames),
    conditions,
  });
  if (normalised.text === '') return 'Everything is answered locally.';
  const { plan, apolloPlan = '' } = planner.plan(normalised.text, normalised.rootFields, {
    ...(trueLabels && { trueLabels }),
    withApolloPlan: true,
  });
  return [
    '# Normalised operation',
    print(parse(normalised.text)),
    "\n# Apollo's plan",
    apolloPlan,
    '\n# Compiled plan',
    printPlan(plan),
  ].join('\n');
}

function checkLabels(known: readonly OverrideLabel[], given: readonly string[] = []): void {
  const labels = known.map(({ label }) => label);
  const unknown = given.filter((label) => !labels.includes(label));
  if (unknown.length === 0) return;
  const expected = labels.length === 0 ? 'it has none' : `expected ${labels.join(', ')}`;
  throw new ExplainError(
    `The supergraph has no @override with the label ${unknown.join(', ')}; ${expected}.`,
  );
}

function parseDocument(query: string): DocumentNode {
  try {
    return parse(query);
  } catch (error) {
    if (!(error instanceof GraphQLError)) throw error;
    throw new ExplainError(`The document cannot be read: ${printMistake(error)}`, { cause: error });
  }
}

function printMistake({ message, locations }: GraphQLError): string {
  const [place] = locations ?? [];
  return place === undefined ? message : `${message} (line ${place.line}, column ${place.column})`;
}

function findOperation(document: DocumentNode, name: string | undefined): OperationDefinitionNode {
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  const names = operations.map((node) => node.name?.value ?? '(no name)').join(', ');
  const [first, ...others] =
    name === undefined ? operations : operations.filter((node) => node.name?.value === name);
  if (first === undefined)
    throw new ExplainError(
      name === undefined
        ? 'The document has no operation.'
        : `The document has no operation named "${name}"; expected one of: ${names}.`,
    );
  if (others.length > 0)
    throw new ExplainError(`The document has several operations (${names}); name one with --operation.`);
  return first;
}

function parseConditions(variables: string): DataObject {
  let value: unknown;
  try {
    value = JSON.parse(variables);
  } catch {
    value = undefined;
  }
  if (!isDataObject(value))
    throw new ExplainError(`Expected variables as a JSON object, found ${variables}.`);
  return value;
}
