import { Kind, parse, type ConstDirectiveNode, type DocumentNode, type SelectionSetNode } from 'graphql';

/** What subgraphs need beside a key, as the prepared supergraph says it. */
export interface SubgraphRequirements {
  /** Dotted paths that a field's `@requires` reads; empty for a field without one. */
  requiredBy(service: string, typeName: string, fieldName: string): ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();

/** Reads requirements and keys from a supergraph's join directives. */
export function readRequirements(supergraph: DocumentNode): SubgraphRequirements {
  const services = readServiceNames(supergraph);
  const required = new Map<string, Set<string>>();
  for (const type of supergraph.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
    for (const field of type.fields ?? [])
      addDirectives(
        field.directives,
        'join__field',
        'requires',
        [type.name.value, field.name.value],
        services,
        required,
      );
  }
  return {
    requiredBy: (service, typeName, fieldName) => required.get(`${service} ${typeName}.${fieldName}`) ?? none,
  };
}

function addDirectives(
  directives: readonly ConstDirectiveNode[] | undefined,
  directiveName: string,
  argumentName: string,
  place: readonly string[],
  services: ReadonlyMap<string, string>,
  into: Map<string, Set<string>>,
): void {
  for (const directive of directives ?? []) {
    if (directive.name.value !== directiveName) continue;
    const fieldSet = readArgument(directive, argumentName);
    const service = services.get(readArgument(directive, 'graph') ?? '');
    if (fieldSet === undefined || service === undefined) continue;
    const name = `${service} ${place.join('.')}`;
    const paths = into.get(name) ?? new Set<string>();
    into.set(name, paths);
    const definition = parse(`{ ${fieldSet} }`, { noLocation: true }).definitions[0];
    if (definition?.kind === Kind.OPERATION_DEFINITION) addPaths(definition.selectionSet, '', paths);
  }
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
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : undefined;
}

/** Subgraph names by their value of the enum `join__Graph`. */
function readServiceNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const definition of supergraph.definitions) {
    if (definition.kind !== Kind.ENUM_TYPE_DEFINITION || definition.name.value !== 'join__Graph') continue;
    for (const value of definition.values ?? []) {
      const directive = value.directives?.find((entry) => entry.name.value === 'join__graph');
      const name = directive && readArgument(directive, 'name');
      names.set(value.name.value, name ?? value.name.value);
    }
  }
  return names;
}
