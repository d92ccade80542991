import {
  Kind,
  parse,
  print,
  visit,
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type FieldNode,
  type InterfaceTypeDefinitionNode,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
} from 'graphql';

/** A field of the planner's supergraph that stands for a real field with arguments. */
export interface VirtualField {
  /** The real field. */
  readonly fieldName: string;
  /** Its arguments as GraphQL text, with the parentheses. */
  readonly argumentsText: string;
}

type CompositeDefinition = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode;

interface Preparation {
  readonly types: ReadonlyMap<string, CompositeDefinition>;
  readonly virtualFields: Map<string, VirtualField>;
  /** New field definitions by type name. */
  readonly additions: Map<string, Map<string, FieldDefinitionNode>>;
  readonly names: Set<string>;
}

/**
 * Gives every field with arguments inside a `@requires` a virtual field without arguments. The planner merges
 * selections by response name and ignores arguments, so that a `@requires(fields: "price(currency: EUR)")` would be
 * answered by whatever `price` another field, or the client, asked for.
 */
export function prepareRequiredArguments(document: DocumentNode): {
  readonly document: DocumentNode;
  readonly virtualFields: ReadonlyMap<string, VirtualField>;
} {
  const preparation = makePreparation(document);
  const renamed = visit(document, {
    ObjectTypeDefinition: (type) => rewriteRequires(type, preparation),
    InterfaceTypeDefinition: (type) => rewriteRequires(type, preparation),
  });
  if (preparation.virtualFields.size === 0) return { document, virtualFields: preparation.virtualFields };
  const addFields = <Node extends CompositeDefinition>(type: Node): Node | undefined => {
    const added = preparation.additions.get(type.name.value);
    if (added === undefined) return undefined;
    // A virtual field takes over its field's own @requires, which may have arguments too.
    const virtual = rewriteRequires({ ...type, fields: [...added.values()] }, preparation);
    return { ...type, fields: [...(type.fields ?? []), ...(virtual.fields ?? [])] };
  };
  return {
    document: visit(renamed, { ObjectTypeDefinition: addFields, InterfaceTypeDefinition: addFields }),
    virtualFields: preparation.virtualFields,
  };
}

function makePreparation(document: DocumentNode): Preparation {
  const types = new Map<string, CompositeDefinition>();
  const names = new Set<string>();
  for (const definition of document.definitions)
    if (
      definition.kind === Kind.OBJECT_TYPE_DEFINITION ||
      definition.kind === Kind.INTERFACE_TYPE_DEFINITION
    ) {
      types.set(definition.name.value, definition);
      for (const field of definition.fields ?? []) names.add(field.name.value);
    }
  return { types, virtualFields: new Map(), additions: new Map(), names };
}

function rewriteRequires<Node extends CompositeDefinition>(type: Node, preparation: Preparation): Node {
  return {
    ...type,
    fields: (type.fields ?? []).map((field) => ({
      ...field,
      directives: (field.directives ?? []).map((directive) =>
        directive.name.value === 'join__field' ? rewriteJoinField(directive, type, preparation) : directive,
      ),
    })),
  };
}

function rewriteJoinField(
  directive: ConstDirectiveNode,
  type: CompositeDefinition,
  preparation: Preparation,
): ConstDirectiveNode {
  return {
    ...directive,
    arguments: (directive.arguments ?? []).map((argument) => {
      if (argument.name.value !== 'requires' || argument.value.kind !== Kind.STRING) return argument;
      if (!argument.value.value.includes('(')) return argument;
      const set = parseFieldSet(argument.value.value);
      const value = printFieldSet(rewriteSet(set, type.name.value, preparation));
      return { ...argument, value: { kind: Kind.STRING, value } };
    }),
  };
}

function parseFieldSet(text: string): SelectionSetNode {
  const definition = parse(`{ ${text} }`, { noLocation: true }).definitions[0];
  if (definition?.kind !== Kind.OPERATION_DEFINITION)
    throw new Error(`Expected a field set in "requires", found "${text}".`);
  return definition.selectionSet;
}

function printFieldSet(set: SelectionSetNode): string {
  return set.selections.map(print).join(' ');
}

function rewriteSet(set: SelectionSetNode, typeName: string, preparation: Preparation): SelectionSetNode {
  return {
    ...set,
    selections: set.selections.map((node) => {
      if (node.kind === Kind.FRAGMENT_SPREAD) return node;
      if (node.kind === Kind.INLINE_FRAGMENT) {
        const inner = node.typeCondition?.name.value ?? typeName;
        return { ...node, selectionSet: rewriteSet(node.selectionSet, inner, preparation) };
      }
      const definition = preparation.types
        .get(typeName)
        ?.fields?.find((field) => field.name.value === node.name.value);
      const inner = definition === undefined ? '' : namedTypeOf(definition);
      const selectionSet = node.selectionSet && rewriteSet(node.selectionSet, inner, preparation);
      const { arguments: args, ...plain } = node;
      const rewritten: FieldNode = { ...plain, ...(selectionSet && { selectionSet }) };
      if (args === undefined || args.length === 0) return rewritten;
      const name = addVirtualField(node, typeName, preparation);
      return { ...rewritten, name: { kind: Kind.NAME, value: name } };
    }),
  };
}

function namedTypeOf(field: FieldDefinitionNode): string {
  let { type } = field;
  while (type.kind !== Kind.NAMED_TYPE) type = type.type;
  return type.name.value;
}

/** The virtual field for this field and these arguments, on its type and on every type that must have it too. */
function addVirtualField(node: FieldNode, typeName: string, preparation: Preparation): string {
  const fieldName = node.name.value;
  const args = [...(node.arguments ?? [])].map(print).sort();
  const argumentsText = `(${args.join(', ')})`;
  const name = nameVirtualField(fieldName, argumentsText, preparation);
  preparation.virtualFields.set(name, { fieldName, argumentsText });
  for (const type of preparation.types.values()) {
    const isImplementation = type.interfaces?.some((entry) => entry.name.value === typeName) ?? false;
    if (type.name.value !== typeName && !isImplementation) continue;
    const real = type.fields?.find((field) => field.name.value === fieldName);
    if (real === undefined) continue;
    const added = preparation.additions.get(type.name.value) ?? new Map<string, FieldDefinitionNode>();
    preparation.additions.set(type.name.value, added);
    const { arguments: _arguments, ...plain } = real;
    added.set(name, { ...plain, name: { kind: Kind.NAME, value: name } });
  }
  return name;
}

function nameVirtualField(fieldName: string, argumentsText: string, preparation: Preparation): string {
  for (const [name, known] of preparation.virtualFields)
    if (known.fieldName === fieldName && known.argumentsText === argumentsText) return name;
  let count = preparation.virtualFields.size;
  let name: string;
  do name = `${fieldName}__required_${count++}`;
  while (preparation.names.has(name));
  preparation.names.add(name);
  return name;
}
