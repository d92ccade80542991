import {
  getNamedType,
  isAbstractType,
  isInterfaceType,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLSchema,
} from 'graphql';

import type { Requirement, Requirements } from './requirements.ts';

/** Answers which requirements a selected field, or a type condition, has to fulfil, wherever it stands. */
export interface FieldRequirements {
  ofField(parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>): readonly Requirement[];
  ofType(type: GraphQLNamedType): readonly Requirement[];
}

/**
 * Works out requirements against a schema.
 *
 * A field that is selected on an interface or union needs what it would need on every type that may stand there,
 * because the selection reads from any of them. Composition writes the requirements of implementing types onto their
 * interface as well; such a one keeps the interface's own fields shut, but not a fragment on a type that is open
 * (Apollo: "Polymorphic types with different requirements").
 */
export function makeFieldRequirements(schema: GraphQLSchema, requirements: Requirements): FieldRequirements {
  const listOf = (...coordinates: readonly string[]): Requirement[] =>
    coordinates.flatMap((coordinate) => requirements.get(coordinate) ?? []);

  const ofType = (type: GraphQLNamedType): readonly Requirement[] => {
    if (isInterfaceType(type)) {
      const isImplied = schema.getPossibleTypes(type).some((possible) => requirements.has(possible.name));
      if (isImplied) return [];
    }
    return listOf(type.name);
  };

  /** A requirement that stands on an interface's field and on none of its implementations is meant for all of them. */
  const ofInterfaceField = (interfaceName: string, fieldName: string): Requirement[] => {
    const found = requirements.get(`${interfaceName}.${fieldName}`);
    const type = schema.getType(interfaceName);
    if (found === undefined || !isInterfaceType(type)) return [];
    const isImplied = schema
      .getPossibleTypes(type)
      .some((possible) => requirements.has(`${possible.name}.${fieldName}`));
    return isImplied ? [] : [found];
  };

  return {
    ofType,
    ofField(parent, field) {
      const own = listOf(parent.name, `${parent.name}.${field.name}`);
      const inherited =
        'getInterfaces' in parent
          ? parent.getInterfaces().flatMap(({ name }) => ofInterfaceField(name, field.name))
          : [];
      const possible = isAbstractType(parent)
        ? schema.getPossibleTypes(parent).flatMap(({ name }) => listOf(name, `${name}.${field.name}`))
        : [];
      return [...own, ...inherited, ...possible, ...ofType(getNamedType(field.type))];
    },
  };
}
