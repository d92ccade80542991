import {
  getNullableType,
  isCompositeType,
  isListType,
  isNonNullType,
  isInterfaceType,
  isObjectType,
  Kind,
  visit,
  type DirectiveNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLOutputType,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

import type { FieldRequirements } from './field-requirements.ts';
import type { Requirement } from './requirements.ts';

/** Where an answer has to be completed: the way to every place that a field was taken out of. */
export interface DeniedPlaces {
  /** Type of the value here; undefined at the root. */
  readonly type: GraphQLOutputType | undefined;
  /** By response name. */
  readonly children: Map<string, DeniedPlaces>;
  /** Fields taken out here, by the name that stands in their place. */
  readonly denied: Map<string, { readonly responseName: string; readonly isNonNull: boolean }>;
}

/** An operation without what its caller may not see. */
export interface FilteredOperation {
  readonly operation: OperationDefinitionNode;
  readonly document: DocumentNode;
  readonly places: DeniedPlaces;
  readonly denied: readonly DeniedPath[];
}

/** A field or fragment that was taken out. */
export interface DeniedPath {
  /** As Apollo's router writes it: `@` stands for a list. */
  readonly path: readonly string[];
  /** For each place that has this path: the directives of the selections on the way, which decide whether it is asked for. */
  readonly conditions: Conditions[];
}

/** The directives of several selections, one inside of the other. */
export type Conditions = readonly (readonly DirectiveNode[])[];

export interface FilterSources {
  readonly schema: GraphQLSchema;
  readonly requirements: FieldRequirements;
  readonly document: DocumentNode;
  readonly isDenied: (requirements: readonly Requirement[]) => boolean;
}

/**
 * Takes the fields that are denied out of an operation. In the place of each stands `__typename` under a name of ours,
 * so that the engine itself decides where in the answer the field would have been; named fragments become inline ones,
 * because each of their places has its own path.
 */
export function filterOperation(
  operation: OperationDefinitionNode,
  sources: FilterSources,
): FilteredOperation {
  const filter = new OperationFilter(sources);
  const root = sources.schema.getRootType(operation.operation);
  const places = makePlaces(undefined);
  const selectionSet = root
    ? filter.filterSet(operation.selectionSet, {
        type: root,
        path: [],
        places,
        conditions: [],
        isInDenied: false,
      })
    : operation.selectionSet;
  const filtered = { ...operation, selectionSet };
  return {
    operation: filtered,
    document: { kind: Kind.DOCUMENT, definitions: [filtered] },
    places,
    denied: [...filter.denied.values()],
  };
}

function makePlaces(type: GraphQLOutputType | undefined): DeniedPlaces {
  return { type, children: new Map(), denied: new Map() };
}

/** Where a selection stands. */
interface Place {
  readonly type: GraphQLCompositeType;
  readonly path: readonly string[];
  readonly places: DeniedPlaces;
  readonly conditions: Conditions;
  /** Below a fragment that is denied as a whole, whose path says it all. */
  readonly isInDenied: boolean;
}

class OperationFilter {
  readonly denied = new Map<string, DeniedPath>();
  readonly #sources: FilterSources;
  readonly #fragments = new Map<string, FragmentDefinitionNode>();
  /** Every response name in the document: one of them in the place of a field would be taken for it. */
  readonly #responseNames = new Set<string>();
  #markers = 0;

  constructor(sources: FilterSources) {
    this.#sources = sources;
    visit(sources.document, {
      Field: ({ alias, name }) => void this.#responseNames.add((alias ?? name).value),
    });
    for (const definition of sources.document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) {
        this.#fragments.set(definition.name.value, definition);
      }
    }
  }

  filterSet(set: SelectionSetNode, place: Place): SelectionSetNode {
    return { ...set, selections: set.selections.map((selection) => this.#filter(selection, place)) };
  }

  #filter(selection: SelectionNode, place: Place): SelectionNode {
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#filterField(selection, place);
      case Kind.INLINE_FRAGMENT:
        return this.#filterFragment(
          selection.typeCondition?.name.value,
          selection.selectionSet,
          selection.directives,
          place,
        );
      default: {
        const fragment = this.#fragments.get(selection.name.value);
        if (fragment === undefined) return selection;
        const condition = fragment.typeCondition.name.value;
        return this.#filterFragment(condition, fragment.selectionSet, selection.directives, place);
      }
    }
  }

  #filterFragment(
    condition: string | undefined,
    set: SelectionSetNode,
    directives: readonly DirectiveNode[] = [],
    place: Place,
  ): SelectionNode {
    const named = condition === undefined ? undefined : this.#sources.schema.getType(condition);
    const type = isCompositeType(named) ? named : place.type;
    const isDenied = this.#sources.isDenied(this.#sources.requirements.ofType(type));
    const conditions = addConditions(place.conditions, directives);
    if (isDenied && !place.isInDenied) this.#addPath([...place.path, `... on ${type.name}`], conditions);
    return {
      kind: Kind.INLINE_FRAGMENT,
      ...(condition !== undefined && {
        typeCondition: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: condition } },
      }),
      directives,
      selectionSet: this.filterSet(set, {
        ...place,
        type,
        conditions,
        isInDenied: place.isInDenied || isDenied,
      }),
    };
  }

  #filterField(node: FieldNode, place: Place): FieldNode {
    const { type, path, places } = place;
    const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[node.name.value] : undefined;
    // __typename, __schema and __type: what a type is called is no secret, introspection has its own switch.
    if (field === undefined) return node.selectionSet === undefined ? node : this.#inlineFragments(node);
    const responseName = node.alias?.value ?? node.name.value;
    const fieldPath = [...path, responseName];
    const conditions = addConditions(place.conditions, node.directives);
    if (place.isInDenied || this.#sources.isDenied(this.#sources.requirements.ofField(type, field))) {
      if (!place.isInDenied) this.#addPath(fieldPath, conditions);
      return this.#deny(node, responseName, isNonNullType(field.type), places);
    }
    if (node.selectionSet === undefined) return node;
    const below = places.children.get(responseName) ?? makePlaces(field.type);
    places.children.set(responseName, below);
    const childPath = [...fieldPath, ...Array.from({ length: countLists(field.type) }, () => '@')];
    const child = findComposite(field.type);
    if (child === undefined) return node;
    const childPlace = { type: child, path: childPath, places: below, conditions, isInDenied: false };
    return { ...node, selectionSet: this.filterSet(node.selectionSet, childPlace) };
  }

  /** What introspection asks for is shut to nobody, but the filtered document has no named fragments. */
  #inlineFragments(node: FieldNode): FieldNode {
    return visit(node, {
      FragmentSpread: ({ name, directives = [] }) => {
        const fragment = this.#fragments.get(name.value);
        if (fragment === undefined) return undefined;
        const { typeCondition, selectionSet } = fragment;
        return { kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet };
      },
    });
  }

  #deny(node: FieldNode, responseName: string, isNonNull: boolean, places: DeniedPlaces): FieldNode {
    const marker = this.#nameMarker();
    places.denied.set(marker, { responseName, isNonNull });
    return {
      kind: Kind.FIELD,
      alias: { kind: Kind.NAME, value: marker },
      name: { kind: Kind.NAME, value: '__typename' },
      // Conditions still decide whether the field would be there at all.
      ...(node.directives !== undefined && { directives: node.directives }),
    };
  }

  #nameMarker(): string {
    for (;;) {
      const name = `freehold_denied_${this.#markers++}`;
      if (!this.#responseNames.has(name)) return name;
    }
  }

  #addPath(path: readonly string[], conditions: Conditions): void {
    const name = path.join('/');
    const known = this.denied.get(name);
    if (known === undefined) this.denied.set(name, { path, conditions: [conditions] });
    else known.conditions.push(conditions);
  }
}

function addConditions(around: Conditions, directives: readonly DirectiveNode[] = []): Conditions {
  return directives.length === 0 ? around : [...around, directives];
}

function findComposite(type: GraphQLOutputType): GraphQLCompositeType | undefined {
  const nullable = getNullableType(type);
  if (isListType(nullable)) return findComposite(nullable.ofType);
  return isCompositeType(nullable) ? nullable : undefined;
}

function countLists(type: GraphQLOutputType): number {
  const nullable = getNullableType(type);
  return isListType(nullable) ? 1 + countLists(nullable.ofType) : 0;
}
