import {
  OperationTypeNode,
  print,
  visit,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import { buildSelections } from './build-selections.ts';
import { FieldNames } from './field-names.ts';
import { printSelections } from './print-selections.ts';
import type { FieldSelection, NormalisedOperation, Selection } from './selection.ts';

/** An operation to normalise, validated against `schema`. */
export interface OperationSource {
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  /** The schema that clients see. */
  readonly schema: GraphQLSchema;
  /** Every field name of the supergraph: the names that the gateway makes avoid them. */
  readonly fieldNames: ReadonlySet<string>;
  /** Values of the variables that decide an `@skip` or `@include`. */
  readonly conditions: Readonly<Record<string, unknown>>;
}

// The planner declares the one in every entity fetch; fetches that were joined have one with a number each.
const reservedVariable = /^representations(_\d+)?$/;

/** Brings an operation into the form that is planned. Runs once per operation and set of condition values. */
export function normaliseOperation(source: OperationSource): NormalisedOperation {
  const { schema, conditions } = source;
  const newNames = chooseVariableNames(source.operation);
  const operation = newNames.size === 0 ? source.operation : renameVariables(source.operation, newNames);
  const fragments =
    newNames.size === 0
      ? source.fragments
      : new Map([...source.fragments].map(([name, node]) => [name, renameVariables(node, newNames)]));
  const rootType = schema.getRootType(operation.operation);
  if (rootType === undefined || rootType === null || operation.operation === OperationTypeNode.SUBSCRIPTION)
    throw new Error(`Expected a query or a mutation that the schema has, found "${operation.operation}".`);
  const selections = buildSelections(operation.selectionSet, rootType, {
    schema,
    fragments,
    conditions,
    names: new FieldNames(source.fieldNames),
  });
  const rootFields = [...new Map(listRootFields(selections)).entries()].map(([key, fieldName]) => ({
    key,
    fieldName,
  }));
  return {
    kind: operation.operation,
    name: operation.name?.value,
    rootType,
    selections,
    text:
      rootFields.length === 0 ? '' : printOperation(operation, printSelections(selections, isLocalAtRoot)),
    rootFields,
    renamedVariables: new Map([...newNames].map(([name, newName]) => [newName, name])),
  };
}

/** The header declares the variables that the selections still use, conditions being decided. */
function printOperation(operation: OperationDefinitionNode, selections: string): string {
  const variables = (operation.variableDefinitions ?? [])
    .filter(({ variable }) => new RegExp(String.raw`\$${variable.name.value}\b`).test(selections))
    .map(print);
  const name = operation.name === undefined ? '' : ` ${operation.name.value}`;
  return `${operation.operation}${name}${variables.length > 0 ? `(${variables.join(', ')})` : ''} ${selections}`;
}

function* listRootFields(selections: readonly Selection[]): Generator<[string, string]> {
  for (const selection of selections) {
    if (selection.kind === 'fragment') yield* listRootFields(selection.selections);
    else if (!isLocalAtRoot(selection)) yield [selection.key, selection.fieldName];
  }
}

/** Root fields that no subgraph is asked for. */
function isLocalAtRoot(field: FieldSelection): boolean {
  return field.introspection !== undefined || field.fieldName === '__typename';
}

/** New names, by the client's, for variables that would clash with those of entity fetches. */
function chooseVariableNames(operation: OperationDefinitionNode): ReadonlyMap<string, string> {
  const names = new Set((operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value));
  const newNames = new Map<string, string>();
  for (const name of names) {
    if (!reservedVariable.test(name)) continue;
    let newName = name;
    do newName += '_';
    while (names.has(newName));
    newNames.set(name, newName);
  }
  return newNames;
}

function renameVariables<Node extends OperationDefinitionNode | FragmentDefinitionNode>(
  node: Node,
  newNames: ReadonlyMap<string, string>,
): Node {
  return visit(node, {
    Variable: (variable) => {
      const value = newNames.get(variable.name.value);
      return value === undefined ? undefined : { ...variable, name: { ...variable.name, value } };
    },
  });
}
