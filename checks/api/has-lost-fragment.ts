import {
  doTypesOverlap,
  isCompositeType,
  Kind,
  TypeInfo,
  visit,
  visitWithTypeInfo,
  type DocumentNode,
  type GraphQLSchema,
} from 'graphql';

/** The two sides of a change. */
interface Schemas {
  readonly base: GraphQLSchema;
  readonly head: GraphQLSchema;
}

/**
 * Whether the operation has a fragment that fits because `member` is one of the types of `parent`, and that is refused
 * without it (the rule "Fragment Spread Is Possible" of the specification). That it names both types is not enough:
 * mostly it does so in places that have nothing to do with each other.
 */
export function hasLostFragment(
  schemas: Schemas,
  document: DocumentNode,
  parent: string,
  member: string,
): boolean {
  const conditions = new Map<string, string>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      conditions.set(definition.name.value, definition.typeCondition.name.value);
  const typeInfo = new TypeInfo(schemas.base);
  let isLost = false;
  const compare = (inside: string | undefined) => {
    const around = typeInfo.getParentType()?.name;
    if (around === undefined || inside === undefined || ![around, inside].includes(parent)) return;
    isLost ||=
      overlap(schemas.base, around, member) &&
      overlap(schemas.base, inside, member) &&
      !overlap(schemas.head, around, inside);
  };
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      InlineFragment: ({ typeCondition }) => {
        compare(typeCondition?.name.value);
      },
      FragmentSpread: ({ name }) => {
        compare(conditions.get(name.value));
      },
    }),
  );
  return isLost;
}

/** Whether an object can be of both types; never where one of them is gone. */
function overlap(schema: GraphQLSchema, one: string, other: string): boolean {
  const [a, b] = [schema.getType(one), schema.getType(other)];
  return isCompositeType(a) && isCompositeType(b) && doTypesOverlap(schema, a, b);
}
