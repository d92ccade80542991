import {
  isAbstractType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type ArgumentNode,
  type DocumentNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  type VariableDefinitionNode,
} from 'graphql';

/**
 * How an operation fails when an argument becomes required: it leaves the argument out, gives null, or gives a variable
 * that may be null (the rules "Required Arguments" and "All Variable Usages Are Allowed" of the specification). False
 * when it gives a value everywhere. With `hasDefault` it may be left out.
 */
export function findArgumentGap(
  schema: GraphQLSchema,
  document: DocumentNode,
  type: string,
  field: string,
  argument: string,
  hasDefault = false,
): string | false {
  const variables = new Map<string, VariableDefinitionNode>();
  const typeInfo = new TypeInfo(schema);
  let gap: string | false = false;
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      VariableDefinition: (node) => {
        variables.set(node.variable.name.value, node);
      },
      Field: (node) => {
        const parent = typeInfo.getParentType();
        if (node.name.value !== field || !parent || !isOf(schema, parent, type)) return;
        const given = node.arguments?.find(({ name }) => name.value === argument);
        if (given === undefined && hasDefault) return;
        gap = gap === false ? describeGap(given, argument, variables) : gap;
      },
    }),
  );
  return gap;
}

function isOf(schema: GraphQLSchema, parent: GraphQLCompositeType, type: string): boolean {
  if (parent.name === type) return true;
  return isAbstractType(parent) && schema.getPossibleTypes(parent).some(({ name }) => name === type);
}

function describeGap(
  given: ArgumentNode | undefined,
  argument: string,
  variables: ReadonlyMap<string, VariableDefinitionNode>,
): string | false {
  if (given === undefined) return `leaves ${argument} out`;
  if (given.value.kind === Kind.NULL) return `gives null for ${argument}`;
  if (given.value.kind !== Kind.VARIABLE) return false;
  const variable = variables.get(given.value.name.value);
  // A variable's default stands for one that is left out; a client may still send null.
  return variable?.type.kind === Kind.NON_NULL_TYPE
    ? false
    : `gives $${given.value.name.value} for ${argument}, which may be null`;
}
