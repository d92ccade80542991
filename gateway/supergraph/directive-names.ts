import { Kind, type DirectiveNode, type DocumentNode, type ValueNode } from 'graphql';

/** A feature that a supergraph links, such as https://specs.apollo.dev/cost/v0.1. */
export interface LinkedFeature {
  /** Its name in the URL, such as `cost`. */
  readonly name: string;
  /** What its types are called in the document before two underscores. */
  readonly prefix: string;
  /** What a directive of it is called in the document, without the @. */
  readonly directiveName: (name: string) => string;
  /** The link as it stands, so that it can be taken out. */
  readonly node: DirectiveNode;
}

/** Lists the features of Apollo that a supergraph links (https://specs.apollo.dev/link/v1.0/, names and imports). */
export function listLinkedFeatures(supergraph: DocumentNode): LinkedFeature[] {
  return supergraph.definitions.flatMap((definition) =>
    definition.kind === Kind.SCHEMA_DEFINITION || definition.kind === Kind.SCHEMA_EXTENSION
      ? (definition.directives ?? []).flatMap((directive) => readLink(directive) ?? [])
      : [],
  );
}

function readLink(node: DirectiveNode): LinkedFeature | undefined {
  if (node.name.value !== 'link') return undefined;
  const name = /^https:\/\/specs\.apollo\.dev\/([^/]+)\/v\d/.exec(readText(node, 'url') ?? '')?.[1];
  if (name === undefined) return undefined;
  const prefix = readText(node, 'as') ?? name;
  const imports = new Map(readImports(findArgument(node, 'import')));
  return {
    name,
    prefix,
    // The directive that is called like its feature has the feature's name for its own.
    directiveName: (directive) =>
      imports.get(`@${directive}`)?.slice(1) ?? (directive === name ? prefix : `${prefix}__${directive}`),
    node,
  };
}

function readImports(value: ValueNode | undefined): [name: string, as: string][] {
  if (value?.kind !== Kind.LIST) return [];
  return value.values.flatMap((item): [string, string][] => {
    if (item.kind === Kind.STRING) return [[item.value, item.value]];
    if (item.kind !== Kind.OBJECT) return [];
    const fields = new Map(
      item.fields.map((field) => [
        field.name.value,
        field.value.kind === Kind.STRING ? field.value.value : '',
      ]),
    );
    const name = fields.get('name') ?? '';
    return [[name, fields.get('as') ?? name]];
  });
}

function findArgument(node: DirectiveNode, name: string): ValueNode | undefined {
  return node.arguments?.find((argument) => argument.name.value === name)?.value;
}

function readText(node: DirectiveNode, name: string): string | undefined {
  const value = findArgument(node, name);
  return value?.kind === Kind.STRING ? value.value : undefined;
}
