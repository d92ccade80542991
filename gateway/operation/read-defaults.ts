import { valueFromASTUntyped, type OperationDefinitionNode } from 'graphql';

/** The default values that an operation gives to its variables. */
export function readDefaults(operation: OperationDefinitionNode): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    (operation.variableDefinitions ?? []).flatMap((definition) =>
      definition.defaultValue === undefined
        ? []
        : [[definition.variable.name.value, valueFromASTUntyped(definition.defaultValue)]],
    ),
  );
}
