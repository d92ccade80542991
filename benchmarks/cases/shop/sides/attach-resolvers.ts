import {
  type GraphQLFieldResolver,
  type GraphQLSchema,
  type GraphQLTypeResolver,
  isAbstractType,
  isObjectType,
} from 'graphql';

/** Resolvers by type and field. */
export type ResolverMap = Readonly<Record<string, object>>;

/** Gives the fields of a schema their resolvers; `__resolveType` finds the object type of an abstract one. */
export function attachResolvers(schema: GraphQLSchema, resolvers: ResolverMap): void {
  for (const [typeName, fields] of Object.entries(resolvers)) {
    const type = schema.getType(typeName);
    for (const [name, resolve] of Object.entries(fields)) {
      if (isAbstractType(type) && name === '__resolveType')
        type.resolveType = resolve as GraphQLTypeResolver<unknown, unknown>;
      const field = isObjectType(type) ? type.getFields()[name] : undefined;
      if (field) field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>;
    }
  }
}
