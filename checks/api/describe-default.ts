import {
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
} from 'graphql';

/**
 * What another default comes to: `required` where the argument or input field can no longer be left out, `told` where
 * the change of its type says it already, else `changed`.
 */
export function describeDefault(
  before: GraphQLArgument | GraphQLInputField | undefined,
  after: GraphQLArgument | GraphQLInputField | undefined,
): 'required' | 'told' | 'changed' {
  if (before === undefined || after === undefined) return 'changed';
  const plain = ({ type }: GraphQLArgument | GraphQLInputField) => String(type).replaceAll('!', '');
  if (plain(before) !== plain(after)) return 'told';
  if (!isNonNullType(after.type) || after.defaultValue !== undefined) return 'changed';
  return isNonNullType(before.type) ? 'required' : 'told';
}

export function findField(
  schema: GraphQLSchema,
  type: string,
  field: string,
): GraphQLField<unknown, unknown> | undefined {
  const parent = schema.getType(type);
  return isObjectType(parent) || isInterfaceType(parent) ? parent.getFields()[field] : undefined;
}

export function findArgument(
  schema: GraphQLSchema,
  type: string,
  field: string,
  argument: string,
): GraphQLArgument | undefined {
  return findField(schema, type, field)?.args.find(({ name }) => name === argument);
}

export function findInputField(
  schema: GraphQLSchema,
  type: string,
  field: string,
): GraphQLInputField | undefined {
  const parent = schema.getType(type);
  return isInputObjectType(parent) ? parent.getFields()[field] : undefined;
}
