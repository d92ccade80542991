import {
  getNamedType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  type ValueNode,
} from 'graphql';

/** What one operation uses of a schema, as schema coordinates. */
export interface OperationCoordinates {
  /** Fields (those of an interface also as the fields of its implementations), arguments given, literal inputs. */
  readonly used: ReadonlySet<string>;
  /** Fields as they are selected: those of an interface at the interface alone, which is what the client was promised. */
  readonly selected: ReadonlySet<string>;
  /** Types that a selection, a type condition or a literal input object reaches. */
  readonly types: ReadonlySet<string>;
  /** Input types and enums that a variable carries: which of their fields and values are sent, only calls tell. */
  readonly variableTypes: ReadonlySet<string>;
}

/** Collects what an operation uses. Parts that the schema does not know are passed over. */
export function collectCoordinates(schema: GraphQLSchema, document: DocumentNode): OperationCoordinates {
  const used = new Set<string>();
  const selected = new Set<string>();
  const types = new Set<string>();
  const variableTypes = new Set<string>();
  const typeInfo = new TypeInfo(schema);
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      VariableDefinition: () => {
        const type = typeInfo.getInputType();
        if (type) addInputTypes(type, variableTypes);
      },
      Field: () => {
        const parent = typeInfo.getParentType();
        const field = typeInfo.getFieldDef();
        if (!parent || !field) return;
        selected.add(`${parent.name}.${field.name}`);
        addField(used, types, parent.name, field);
        if (isAbstractType(parent))
          for (const possible of schema.getPossibleTypes(parent)) used.add(`${possible.name}.${field.name}`);
      },
      Argument: (node) => {
        const parent = typeInfo.getParentType();
        const field = typeInfo.getFieldDef();
        if (!parent || !field) return;
        const owners = isAbstractType(parent) ? [parent, ...schema.getPossibleTypes(parent)] : [parent];
        for (const { name } of owners) used.add(`${name}.${field.name}(${node.name.value}:)`);
      },
      ObjectField: (node) => {
        const parent = typeInfo.getParentInputType();
        if (parent && isInputObjectType(getNamedType(parent)))
          used.add(`${getNamedType(parent).name}.${node.name.value}`);
      },
      Directive: (node) => {
        used.add(`@${node.name.value}`);
      },
      EnumValue: (node: ValueNode & { value: string }) => {
        const type = typeInfo.getInputType();
        if (type && isEnumType(getNamedType(type))) used.add(`${getNamedType(type).name}.${node.value}`);
      },
      ObjectValue: () => {
        const type = typeInfo.getInputType();
        if (type) types.add(getNamedType(type).name);
      },
      FragmentDefinition: (node) => {
        types.add(node.typeCondition.name.value);
      },
      InlineFragment: (node) => {
        if (node.typeCondition) types.add(node.typeCondition.name.value);
      },
    }),
  );
  return { used, selected, types, variableTypes };
}

function addField(
  used: Set<string>,
  types: Set<string>,
  parent: string,
  field: GraphQLField<unknown, unknown>,
): void {
  used.add(`${parent}.${field.name}`);
  types.add(parent);
  types.add(getNamedType(field.type).name);
}

function addInputTypes(type: GraphQLInputType, found: Set<string>): void {
  const named = getNamedType(type);
  if (found.has(named.name)) return;
  found.add(named.name);
  if (!isInputObjectType(named)) return;
  for (const field of Object.values(named.getFields())) addInputTypes(field.type, found);
}
