import { buildSubgraphSchema } from '@apollo/subgraph';
import { GraphQLScalarType, type DocumentNode, type GraphQLResolveInfo, type GraphQLSchema } from 'graphql';

import { boundTexts } from './bound-texts.ts';
import type { OpenDatabase } from './database/service-database.ts';
import { createEntitiesResolver } from './entities/entities-resolver.ts';
import type { EntityDefinition } from './entities/entity-definition.ts';
import type { RequestContext } from './request-context.ts';
import { runInStatementScope } from './statements/statement-scope.ts';

/** A field's resolver; its source and arguments are what the schema and the parent's resolver make them. */
export type Resolver<Client> = (
  source: never,
  args: never,
  context: RequestContext<Client>,
  info: GraphQLResolveInfo,
) => unknown;

/** The resolvers of a service, by type and field. */
export type Resolvers<Client> = Readonly<
  Record<string, GraphQLScalarType | Readonly<Record<string, Resolver<Client>>>>
>;

/** All that makes up a service. */
export interface SubgraphDefinition<Client> {
  /** Its name in freehold.json and in the supergraph. */
  readonly name: string;
  readonly typeDefs: DocumentNode;
  readonly resolvers: Resolvers<Client>;
  /** How each type with a resolvable @key is loaded, by type. */
  readonly entities: Readonly<Record<string, EntityDefinition<Client>>>;
  readonly openDatabase: OpenDatabase<Client>;
}

/** A service that can be served. */
export interface Subgraph<Client> {
  readonly name: string;
  readonly schema: GraphQLSchema;
  readonly openDatabase: OpenDatabase<Client>;
}

/** Checks a service's parts and builds its schema. @throws when the schema is not a valid subgraph. */
export function defineSubgraph<Client>(definition: SubgraphDefinition<Client>): Subgraph<Client> {
  const { name, typeDefs, entities, openDatabase } = definition;
  const resolvers: Record<string, GraphQLScalarType | Record<string, Resolver<Client>>> = {
    ...recordFields(definition.resolvers),
    Query: {
      ...mapFields(definition.resolvers['Query'], (resolver, field) => recordAs(`Query.${field}`, resolver)),
      _entities: createEntitiesResolver(entities),
    },
  };
  if (definition.resolvers['Mutation'])
    resolvers['Mutation'] = mapFields(definition.resolvers['Mutation'], (resolver, field) =>
      recordAs(`Mutation.${field}`, forgetLoaded(resolver)),
    );
  // @apollo/subgraph declares its resolver map with `any`; ours says more and is the same at run time.
  const schema = buildSubgraphSchema({
    typeDefs,
    resolvers: resolvers as unknown as NonNullable<
      Extract<Parameters<typeof buildSubgraphSchema>[0], { typeDefs: unknown }>['resolvers']
    >,
  });
  boundTexts(schema);
  return { name, schema, openDatabase };
}

function mapFields<Client>(
  fields: Resolvers<Client>[string] | undefined,
  map: (resolver: Resolver<Client>, field: string) => Resolver<Client>,
): Record<string, Resolver<Client>> {
  return Object.fromEntries(
    Object.entries(fields ?? {}).map(([field, resolver]) => [
      field,
      map(resolver as Resolver<Client>, field),
    ]),
  );
}

/** Statements that a field below the root sends itself, and not by a loader, are recorded under its name. */
function recordFields<Client>(
  resolvers: Resolvers<Client>,
): Record<string, GraphQLScalarType | Record<string, Resolver<Client>>> {
  return Object.fromEntries(
    Object.entries(resolvers).map(([type, fields]) => [
      type,
      fields instanceof GraphQLScalarType
        ? fields
        : mapFields(fields, (resolver, field) => recordInnerAs(`${type}.${field}`, resolver)),
    ]),
  );
}

/** As `recordAs`, for fields that are called once an object: most of them send nothing, and answer at once. */
function recordInnerAs<Client>(cause: string, resolver: Resolver<Client>): Resolver<Client> {
  return (source, args, context, info) => {
    const scope = context.scopeOf(cause);
    const result = runInStatementScope(scope, () => resolver(source, args, context, info));
    return isLazy(result) ? runInStatementScope(scope, async () => await result) : result;
  };
}

/** Whether it is something like a Prisma call, which does its work when somebody waits for it. */
function isLazy(result: unknown): boolean {
  return (
    typeof result === 'object' &&
    result !== null &&
    !(result instanceof Promise) &&
    'then' in result &&
    typeof result.then === 'function'
  );
}

/**
 * Statements that a root field sends itself are recorded under its name. The result is awaited in here, because a
 * Prisma call sends its statement only when somebody waits for it.
 */
function recordAs<Client>(cause: string, resolver: Resolver<Client>): Resolver<Client> {
  return (source, args, context, info) =>
    runInStatementScope(context.scopeOf(cause), async () => await resolver(source, args, context, info));
}

/** Mutations run one after the other, and each is to see what the one before it wrote. */
function forgetLoaded<Client>(resolver: Resolver<Client>): Resolver<Client> {
  return async (source, args, context, info) => {
    context.loaders.clear();
    try {
      return await resolver(source, args, context, info);
    } finally {
      context.loaders.clear();
    }
  };
}
