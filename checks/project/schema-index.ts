import {
  Kind,
  parse,
  Source,
  type DefinitionNode,
  type DirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  type NameNode,
} from 'graphql';

import type { SourceLocation } from '../finding.ts';
import { restoreDirectiveNames } from './link-imports.ts';

/** One definition in one subgraph's schema. */
export interface Place extends SourceLocation {
  readonly subgraph: string;
  readonly directives: readonly DirectiveNode[];
}

/** Where schema coordinates stand, and the parsed schemas. */
export interface SchemaIndex {
  /** Parsed schema by subgraph; a schema that is no GraphQL is absent, and composition says why. */
  readonly documents: ReadonlyMap<string, DocumentNode>;
  /** Every definition of a coordinate (`Type`, `Type.field`, `Type.field(argument:)`), in the order of the subgraphs. */
  find(coordinate: string): readonly Place[];
}

/** Indexes the subgraphs' schemas by coordinate. */
export function indexSchema(
  subgraphs: readonly { readonly name: string; readonly schemaFile: string; readonly sdl: string }[],
): SchemaIndex {
  const documents = new Map<string, DocumentNode>();
  const places = new Map<string, Place[]>();
  for (const { name, schemaFile, sdl } of subgraphs) {
    const document = tryParse(sdl, schemaFile);
    if (document === undefined) continue;
    documents.set(name, document);
    for (const { coordinate, node } of listDefinitions(document)) {
      const place = { ...locate(node, schemaFile), subgraph: name, directives: node.directives ?? [] };
      const known = places.get(coordinate);
      if (known === undefined) places.set(coordinate, [place]);
      else known.push(place);
    }
  }
  return { documents, find: (coordinate) => places.get(coordinate) ?? [] };
}

function tryParse(sdl: string, file: string): DocumentNode | undefined {
  try {
    return restoreDirectiveNames(parse(new Source(sdl, file)));
  } catch {
    return undefined;
  }
}

interface NamedNode {
  readonly name?: NameNode | undefined;
  readonly directives?: readonly DirectiveNode[] | undefined;
}

/** The place of a definition's name: its description may begin many lines before. */
function locate(node: NamedNode, file: string): SourceLocation {
  const token = node.name?.loc?.startToken;
  return { file, line: token?.line ?? 1, column: token?.column ?? 1 };
}

function* listDefinitions(document: DocumentNode): Generator<{ coordinate: string; node: NamedNode }> {
  for (const definition of document.definitions) yield* listMembers(definition);
}

function* listMembers(definition: DefinitionNode): Generator<{ coordinate: string; node: NamedNode }> {
  if (!('name' in definition) || definition.name === undefined) return;
  const type = definition.name.value;
  if (definition.kind === Kind.DIRECTIVE_DEFINITION) {
    yield { coordinate: `@${type}`, node: definition };
    return;
  }
  yield { coordinate: type, node: definition };
  if ('values' in definition)
    for (const value of definition.values ?? [])
      yield { coordinate: `${type}.${value.name.value}`, node: value };
  if (!('fields' in definition)) return;
  for (const field of definition.fields ?? []) yield* listField(type, field);
}

function* listField(
  type: string,
  field: FieldDefinitionNode | InputValueDefinitionNode,
): Generator<{ coordinate: string; node: NamedNode }> {
  const coordinate = `${type}.${field.name.value}`;
  yield { coordinate, node: field };
  if (field.kind !== Kind.FIELD_DEFINITION) return;
  for (const argument of field.arguments ?? [])
    yield { coordinate: `${coordinate}(${argument.name.value}:)`, node: argument };
}

/** The coordinate that encloses another: `Type.field` for `Type.field(argument:)`, `Type` for `Type.field`. */
export function parentCoordinate(coordinate: string): string | undefined {
  const parenthesis = coordinate.indexOf('(');
  if (parenthesis > 0) return coordinate.slice(0, parenthesis);
  const dot = coordinate.indexOf('.');
  return dot > 0 ? coordinate.slice(0, dot) : undefined;
}

/** The place of the coordinate, or of the nearest thing around it that there still is. */
export function findNearestPlace(index: SchemaIndex, coordinate: string): Place | undefined {
  for (let at: string | undefined = coordinate; at !== undefined; at = parentCoordinate(at)) {
    const place = index.find(at)[0];
    if (place !== undefined) return place;
  }
  return undefined;
}
