import {
  isAbstractType,
  Kind,
  parse,
  print,
  visit,
  type DefinitionNode,
  type GraphQLSchema,
  type ObjectTypeDefinitionNode,
  type TypeNode,
} from 'graphql';

import type { OperationCoordinates } from '../../gateway/usage/collect-coordinates.ts';

const rootTypes = new Set(['Query', 'Mutation', 'Subscription']);

/**
 * Which operations can have another plan than before. A plan follows from the supergraph's definitions of the types
 * that the operation reaches and of the types that their keys and @requires reach. Root types are compared field by
 * field, because every operation reaches them.
 */
export function createAffectedTest(
  baseSdl: string,
  headSdl: string,
  schema: GraphQLSchema,
): (operation: OperationCoordinates) => boolean {
  const base = readTypes(baseSdl);
  const head = readTypes(headSdl);
  const changed = findChangedTypes(base, head);
  addDependents(changed, head);
  const changedRootFields = [...rootTypes].flatMap((root) => findChangedFields(root, base, head));
  return ({ types, used }) => {
    if (changedRootFields.some((field) => used.has(field))) return true;
    for (const name of types) {
      if (changed.has(name)) return true;
      const type = schema.getType(name);
      if (
        isAbstractType(type) &&
        schema.getPossibleTypes(type).some((possible) => changed.has(possible.name))
      )
        return true;
    }
    return false;
  };
}

function readTypes(sdl: string): Map<string, DefinitionNode> {
  const types = new Map<string, DefinitionNode>();
  for (const definition of parse(sdl, { noLocation: true }).definitions)
    // join__Graph holds the URLs, which no plan depends on.
    if ('name' in definition && definition.name !== undefined && definition.name.value !== 'join__Graph')
      types.set(definition.name.value, withoutDescriptions(definition));
  return types;
}

function withoutDescriptions(definition: DefinitionNode): DefinitionNode {
  return visit(definition, {
    enter: (node) =>
      'description' in node && node.description !== undefined
        ? { ...node, description: undefined }
        : undefined,
  });
}

function findChangedTypes(
  base: ReadonlyMap<string, DefinitionNode>,
  head: ReadonlyMap<string, DefinitionNode>,
): Set<string> {
  const changed = new Set<string>();
  for (const name of new Set([...base.keys(), ...head.keys()])) {
    if (rootTypes.has(name)) continue;
    const [before, after] = [base.get(name), head.get(name)];
    if (before === undefined || after === undefined || print(before) !== print(after)) changed.add(name);
  }
  return changed;
}

/** A type whose field sets reach into a changed type is planned by that type too. */
function addDependents(changed: Set<string>, types: ReadonlyMap<string, DefinitionNode>): void {
  const reaching = [...types].flatMap(([name, node]) => {
    if (node.kind !== Kind.OBJECT_TYPE_DEFINITION && node.kind !== Kind.INTERFACE_TYPE_DEFINITION) return [];
    return /(requires|provides|key): "[^"]*\{/.test(print(node))
      ? [{ name, reached: (node.fields ?? []).map((field) => nameOf(field.type)) }]
      : [];
  });
  for (let isGrowing = true; isGrowing;) {
    const before = changed.size;
    for (const { name, reached } of reaching)
      if (reached.some((type) => changed.has(type))) changed.add(name);
    isGrowing = changed.size > before;
  }
}

function nameOf(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : nameOf(type.type);
}

function findChangedFields(
  root: string,
  base: ReadonlyMap<string, DefinitionNode>,
  head: ReadonlyMap<string, DefinitionNode>,
): string[] {
  const printFields = (node: DefinitionNode | undefined) =>
    new Map(
      ((node as ObjectTypeDefinitionNode | undefined)?.fields ?? []).map((field) => [
        field.name.value,
        print(field),
      ]),
    );
  const before = printFields(base.get(root));
  const after = printFields(head.get(root));
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((field) => before.get(field) !== after.get(field))
    .map((field) => `${root}.${field}`);
}
