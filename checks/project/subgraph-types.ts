import {
  Kind,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type TypeNode,
} from 'graphql';

import type { Snapshot } from './snapshot.ts';

/** A type with fields as one subgraph defines it; extensions are merged into it. */
export interface SubgraphType {
  readonly name: string;
  readonly kind: 'object' | 'interface';
  readonly interfaces: readonly string[];
  readonly directives: readonly DirectiveNode[];
  readonly fields: readonly FieldDefinitionNode[];
  readonly line: number;
}

const cache = new WeakMap<DocumentNode, ReadonlyMap<string, SubgraphType>>();

/** The object and interface types of a subgraph. */
export function listTypes(document: DocumentNode): ReadonlyMap<string, SubgraphType> {
  const known = cache.get(document);
  if (known !== undefined) return known;
  const types = new Map<string, SubgraphType>();
  for (const node of document.definitions) {
    const isObject = node.kind === Kind.OBJECT_TYPE_DEFINITION || node.kind === Kind.OBJECT_TYPE_EXTENSION;
    const isInterface =
      node.kind === Kind.INTERFACE_TYPE_DEFINITION || node.kind === Kind.INTERFACE_TYPE_EXTENSION;
    if (!isObject && !isInterface) continue;
    const before = types.get(node.name.value);
    types.set(node.name.value, {
      name: node.name.value,
      kind: isObject ? 'object' : 'interface',
      interfaces: [...(before?.interfaces ?? []), ...(node.interfaces ?? []).map(({ name }) => name.value)],
      directives: [...(before?.directives ?? []), ...(node.directives ?? [])],
      fields: [...(before?.fields ?? []), ...(node.fields ?? [])],
      line: before?.line ?? node.name.loc?.startToken.line ?? 1,
    });
  }
  cache.set(document, types);
  return types;
}

/** The object and interface types of a subgraph of the snapshot; none where it has no such subgraph. */
export function listTypesOf({ index }: Snapshot, service: string): ReadonlyMap<string, SubgraphType> {
  const document = index.documents.get(service);
  return document === undefined ? new Map() : listTypes(document);
}

/** The fields of an input type, by name of the type. */
export function listInputFields(document: DocumentNode, name: string): readonly InputValueDefinitionNode[] {
  return document.definitions.flatMap((node) =>
    (node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION || node.kind === Kind.INPUT_OBJECT_TYPE_EXTENSION) &&
    node.name.value === name
      ? (node.fields ?? [])
      : [],
  );
}

/** The values of an enum, or undefined when there is no enum of that name. */
export function listEnumValues(document: DocumentNode, name: string): readonly string[] | undefined {
  const found = document.definitions.filter(
    (node) => node.kind === Kind.ENUM_TYPE_DEFINITION && node.name.value === name,
  );
  if (found.length === 0) return undefined;
  return found.flatMap((node) =>
    'values' in node ? (node.values ?? []).map((value) => value.name.value) : [],
  );
}

/** The name inside lists and non-null marks. */
export function namedType(type: TypeNode): string {
  return type.kind === Kind.NAMED_TYPE ? type.name.value : namedType(type.type);
}

/** What `@key(fields:)` and `resolvable:` of a type say. */
export function listKeys(type: SubgraphType): { readonly fields: string; readonly isResolvable: boolean }[] {
  return type.directives
    .filter((directive) => directive.name.value === 'key')
    .map((directive) => {
      const argument = (name: string) =>
        directive.arguments?.find((candidate) => candidate.name.value === name)?.value;
      const fields = argument('fields');
      const resolvable = argument('resolvable');
      return {
        fields: fields?.kind === Kind.STRING ? fields.value : '',
        isResolvable: !(resolvable?.kind === Kind.BOOLEAN && !resolvable.value),
      };
    });
}

export function hasDirective(
  node: { readonly directives?: readonly DirectiveNode[] | undefined },
  name: string,
): boolean {
  return (node.directives ?? []).some((directive) => directive.name.value === name);
}
