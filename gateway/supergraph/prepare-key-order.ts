import { Kind, visit, type ConstDirectiveNode, type DocumentNode } from 'graphql';

/**
 * Puts each type's resolvable keys before its `resolvable: false` ones: the planner takes the first `@key` of a
 * graph, resolvable or not, and then asks for entities by a key that the graph cannot resolve. Dropping the others
 * would break `@interfaceObject`, which needs them to be known.
 */
export function prepareKeyOrder(document: DocumentNode): DocumentNode {
  const reorder = <Node extends { readonly directives?: readonly ConstDirectiveNode[] }>(node: Node) => {
    const directives = node.directives ?? [];
    if (!directives.some(isNonResolvableKey)) return undefined;
    const last = directives.filter(isNonResolvableKey);
    return { ...node, directives: [...directives.filter((entry) => !isNonResolvableKey(entry)), ...last] };
  };
  return visit(document, { ObjectTypeDefinition: reorder, InterfaceTypeDefinition: reorder });
}

function isNonResolvableKey(directive: ConstDirectiveNode): boolean {
  return (
    directive.name.value === 'join__type' &&
    (directive.arguments ?? []).some(
      ({ name, value }) => name.value === 'resolvable' && value.kind === Kind.BOOLEAN && !value.value,
    )
  );
}
