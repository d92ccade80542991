import {
  getNamedType,
  isAbstractType,
  isCompositeType,
  Kind,
  print,
  SchemaMetaFieldDef,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  type SelectionSetNode,
} from 'graphql';

import { isIncluded } from './conditions.ts';
import type { FieldNames } from './field-names.ts';
import type { FieldSelection, Selection } from './selection.ts';

/** What the walk over an operation needs at every place. */
export interface SelectionContext {
  readonly schema: GraphQLSchema;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditions: Readonly<Record<string, unknown>>;
  readonly names: FieldNames;
}

/** The selections of a set, in the client's order: fragments in place, conditions decided, gateway names given. */
export function buildSelections(
  set: SelectionSetNode,
  parentType: GraphQLCompositeType,
  context: SelectionContext,
): Selection[] {
  const selections: Selection[] = [];
  for (const node of set.selections) {
    if (!isIncluded(node.directives, context.conditions)) continue;
    if (node.kind === Kind.FIELD) selections.push(buildField(node, parentType, context));
    else {
      const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : context.fragments.get(node.name.value);
      if (fragment === undefined) throw new Error(`Expected a fragment for "${print(node)}", found none.`);
      const typeName = fragment.typeCondition?.name.value;
      const typeCondition = typeName === undefined ? parentType : context.schema.getType(typeName);
      if (!isCompositeType(typeCondition))
        throw new Error(`Expected "${typeName}" to be a type with fields or a union.`);
      const inner = buildSelections(fragment.selectionSet, typeCondition, context);
      if (typeCondition === parentType) selections.push(...inner);
      else if (inner.length > 0) selections.push({ kind: 'fragment', typeCondition, selections: inner });
    }
  }
  return selections;
}

function buildField(
  node: FieldNode,
  parentType: GraphQLCompositeType,
  context: SelectionContext,
): FieldSelection {
  const definition = getFieldDefinition(node.name.value, parentType, context.schema);
  const argumentsText = printArguments(node);
  const responseName = node.alias?.value ?? node.name.value;
  // Two mutations are two even if they are spelled the same. An object under another name is asked for apart: merged with
  // its namesake, it would be lost with it when a null that only the namesake asked for bubbles up.
  const isOneOfItsOwn =
    parentType === context.schema.getMutationType() ||
    (node.alias !== undefined && responseName !== node.name.value && node.selectionSet !== undefined);
  const field = {
    kind: 'field',
    responseName,
    fieldName: node.name.value,
    key: context.names.nameOf(node.name.value, argumentsText, isOneOfItsOwn ? responseName : ''),
    parentType,
    type: definition.type,
    argumentsText,
  } as const;
  if (definition === SchemaMetaFieldDef || definition === TypeMetaFieldDef)
    return { ...field, introspection: node };
  const type = getNamedType(definition.type);
  if (node.selectionSet === undefined || !isCompositeType(type)) return field;
  return { ...field, selections: buildSelections(node.selectionSet, type, context) };
}

function getFieldDefinition(
  name: string,
  parentType: GraphQLCompositeType,
  schema: GraphQLSchema,
): GraphQLField<unknown, unknown> {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (parentType === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  const definition = 'getFields' in parentType ? parentType.getFields()[name] : undefined;
  if (definition === undefined)
    throw new Error(
      `Expected a field "${name}" of ${isAbstractType(parentType) ? 'abstract ' : ''}type "${parentType}", found none.`,
    );
  return definition;
}

/** Arguments in one order, whatever the client's, and directives other than the conditions. */
function printArguments(node: FieldNode): string {
  const args = [...(node.arguments ?? [])]
    .sort((left, right) => (left.name.value < right.name.value ? -1 : 1))
    .map(print);
  const directives = (node.directives ?? [])
    .filter(({ name }) => name.value !== 'skip' && name.value !== 'include')
    .map((directive) => ` ${print(directive)}`);
  return (args.length > 0 ? `(${args.join(', ')})` : '') + directives.join('');
}
