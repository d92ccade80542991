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

// The planner declares this variable in every entity fetch.
const reservedVariable = 'representations';

/** Brings an operation into the form that is planned. Runs once per operation and set of condition values. */
export function normaliseOperation(source: OperationSource): NormalisedOperation {
  const { schema, conditions } = source;
  const newName = chooseVariableName(source.operation);
  const operation = newName === undefined ? source.operation : renameVariable(source.operation, newName);
  const fragments =
    newName === undefined
      ? source.fragments
      : new Map([...source.fragments].map(([name, node]) => [name, renameVariable(node, newName)]));
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
    renamedVariables: newName === undefined ? {} : { [newName]: reservedVariable },
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

/** A name for the client's variable that would clash with the planner's own; undefined when it has none. */
function chooseVariableName(operation: OperationDefinitionNode): string | undefined {
  const names = new Set((operation.variableDefinitions ?? []).map(({ variable }) => variable.name.value));
  if (!names.has(reservedVariable)) return undefined;
  let name = reservedVariable;
  do name += '_';
  while (names.has(name));
  return name;
}

function renameVariable<Node extends OperationDefinitionNode | FragmentDefinitionNode>(
  node: Node,
  name: string,
): Node {
  return visit(node, {
    Variable: (variable) =>
      variable.name.value === reservedVariable
        ? { ...variable, name: { ...variable.name, value: name } }
        : undefined,
  });
}
