import { Kind, visit, type ConstDirectiveNode, type ConstValueNode, type DocumentNode } from 'graphql';

/**
 * The schema with federation's directives under their own names: `@link` may import `@key` as `@primaryKey`, and what it
 * does not import is there as `@federation__key`.
 */
export function restoreDirectiveNames(document: DocumentNode): DocumentNode {
  const link = findLink(document);
  if (link === undefined) return document;
  const prefix = `${textOf(findArgument(link, 'as')) ?? 'federation'}__`;
  const names = listRenamed(findArgument(link, 'import'));
  return visit(document, {
    Directive: (node) => {
      const { value } = node.name;
      const own = names.get(value) ?? (value.startsWith(prefix) ? value.slice(prefix.length) : value);
      return own === value ? undefined : { ...node, name: { ...node.name, value: own } };
    },
  });
}

function findLink(document: DocumentNode): ConstDirectiveNode | undefined {
  return document.definitions
    .flatMap((node) =>
      node.kind === Kind.SCHEMA_DEFINITION || node.kind === Kind.SCHEMA_EXTENSION
        ? (node.directives ?? [])
        : [],
    )
    .find((directive) => textOf(findArgument(directive, 'url'))?.includes('/federation/') === true);
}

function listRenamed(imports: ConstValueNode | undefined): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const item of imports?.kind === Kind.LIST ? imports.values : []) {
    if (item.kind !== Kind.OBJECT) continue;
    const read = (key: string) => textOf(item.fields.find(({ name }) => name.value === key)?.value);
    const [name, as] = [read('name'), read('as')];
    if (name?.startsWith('@') === true && as?.startsWith('@') === true) names.set(as.slice(1), name.slice(1));
  }
  return names;
}

function findArgument(directive: ConstDirectiveNode, name: string): ConstValueNode | undefined {
  return directive.arguments?.find((argument) => argument.name.value === name)?.value;
}

function textOf(value: ConstValueNode | undefined): string | undefined {
  return value?.kind === Kind.STRING ? value.value : undefined;
}
