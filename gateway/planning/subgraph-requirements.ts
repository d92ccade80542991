import { Kind, parse, type ConstDirectiveNode, type DocumentNode, type SelectionSetNode } from 'graphql';

/** A field set as the dotted paths of all its fields. */
export type FieldPaths = ReadonlySet<string>;

/** What a subgraph needs to know of an entity, as the prepared supergraph says it. */
export interface SubgraphRequirements {
  /** What a field's `@requires` reads; empty for a field without one. */
  requiredBy(service: string, typeName: string, fieldName: string): FieldPaths;
  /** The keys of a type in a subgraph. */
  keysOf(service: string, typeName: string): readonly FieldPaths[];
  /** The subgraphs that resolve a field themselves, in the supergraph's order. */
  ownersOf(typeName: string, fieldName: string): readonly string[];
  /** Whether a subgraph knows a field of another subgraph only (`@external`). */
  isExternal(service: string, typeName: string, fieldName: string): boolean;
  /** Whether the type is an `@interfaceObject` there: the subgraph knows no type of the objects but this. */
  isInterfaceObject(service: string, typeName: string): boolean;
}

const none: FieldPaths = new Set();

/** Reads requirements from a supergraph's join directives. */
export function readRequirements(supergraph: DocumentNode): SubgraphRequirements {
  const services = readServiceNames(supergraph);
  const required = new Map<string, FieldPaths>();
  const keys = new Map<string, FieldPaths[]>();
  const interfaceObjects = new Set<string>();
  const owners = new Map<string, string[]>();
  const external = new Set<string>();
  const serviceOf = (directive: ConstDirectiveNode): string | undefined =>
    services.get(readArgument(directive, 'graph') ?? '');
  for (const type of supergraph.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const directive of listDirectives(type.directives, 'join__type')) {
      const place = `${serviceOf(directive)} ${type.name.value}`;
      const key = readArgument(directive, 'key');
      if (key !== undefined) keys.set(place, [...(keys.get(place) ?? []), readFieldPaths(key)]);
      if (readArgument(directive, 'isInterfaceObject') === 'true') interfaceObjects.add(place);
    }
    const typeOwners = listDirectives(type.directives, 'join__type').flatMap(
      (entry) => serviceOf(entry) ?? [],
    );
    for (const field of type.fields ?? []) {
      const name = `${type.name.value}.${field.name.value}`;
      const directives = listDirectives(field.directives, 'join__field');
      // A field without the directive is resolved by every subgraph that has the type.
      const fieldOwners = directives.length === 0 ? typeOwners : [];
      for (const directive of directives) {
        const service = serviceOf(directive);
        if (service === undefined) continue;
        const requires = readArgument(directive, 'requires');
        if (requires !== undefined) required.set(`${service} ${name}`, readFieldPaths(requires));
        if (readArgument(directive, 'external') === 'true') external.add(`${service} ${name}`);
        else fieldOwners.push(service);
      }
      owners.set(name, [...new Set(fieldOwners)]);
    }
  }
  return {
    requiredBy: (service, typeName, fieldName) => required.get(`${service} ${typeName}.${fieldName}`) ?? none,
    keysOf: (service, typeName) => keys.get(`${service} ${typeName}`) ?? [],
    ownersOf: (typeName, fieldName) => owners.get(`${typeName}.${fieldName}`) ?? [],
    isExternal: (service, typeName, fieldName) => external.has(`${service} ${typeName}.${fieldName}`),
    isInterfaceObject: (service, typeName) => interfaceObjects.has(`${service} ${typeName}`),
  };
}

function listDirectives(
  directives: readonly ConstDirectiveNode[] | undefined,
  name: string,
): readonly ConstDirectiveNode[] {
  return (directives ?? []).filter((directive) => directive.name.value === name);
}

function readFieldPaths(fieldSet: string): FieldPaths {
  const paths = new Set<string>();
  const definition = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions[0];
  if (definition?.kind === Kind.OPERATION_DEFINITION) addPaths(definition.selectionSet, '', paths);
  return paths;
}

function addPaths(set: SelectionSetNode, parent: string, paths: Set<string>): void {
  for (const node of set.selections) {
    if (node.kind === Kind.FRAGMENT_SPREAD) continue;
    const path = node.kind === Kind.FIELD ? `${parent}${node.name.value}` : parent;
    if (node.kind === Kind.FIELD) paths.add(path);
    if (node.selectionSet !== undefined)
      addPaths(node.selectionSet, node.kind === Kind.FIELD ? `${path}.` : parent, paths);
  }
}

function readArgument(directive: ConstDirectiveNode, name: string): string | undefined {
  const value = directive.arguments?.find((argument) => argument.name.value === name)?.value;
  if (value?.kind === Kind.BOOLEAN) return String(value.value);
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

/** Subgraph names by their value of the enum `join__Graph`. */
function readServiceNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      const [directive] = listDirectives(value.directives, 'join__graph');
      const name = directive && readArgument(directive, 'name');
      names.set(value.name.value, name ?? value.name.value);
    }
  }
  return names;
}
