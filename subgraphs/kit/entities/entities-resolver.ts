import {
  type GraphQLError,
  type GraphQLResolveInfo,
  GraphQLID,
  getNamedType,
  isInterfaceType,
  isObjectType,
} from 'graphql';

import { fieldsAskedOfType } from '../loading/fields-asked.ts';
import type { RequestContext } from '../request-context.ts';
import { badInput } from '../subgraph-error.ts';
import {
  type EntityDefinition,
  type EntityKey,
  type EntityRow,
  keyOfRepresentation,
} from './entity-definition.ts';

type Representation = Readonly<Record<string, unknown>>;

/**
 * The resolver of `_entities` (Apollo Federation subgraph specification). Where the usual one calls a
 * `__resolveReference` for each representation, this one hands all of them to the loaders of the request: one
 * statement per type and key, shared by aliased `_entities` fields. Order is kept; what is not found is null.
 */
export function createEntitiesResolver<Client>(
  definitions: Readonly<Record<string, EntityDefinition<Client>>>,
) {
  // Types that share a key's definition share its loader, so that `Book` and `Product` come with one statement.
  const identities = new Map<EntityKey<Client>, string>();
  for (const [typeName, definition] of Object.entries(definitions))
    if (definition.kind === 'keys')
      for (const key of definition.keys)
        if (!identities.has(key)) identities.set(key, `${typeName}(${key.fields.join(' ')})`);

  return function resolveEntities(
    _source: unknown,
    { representations }: { readonly representations: readonly Representation[] },
    context: RequestContext<Client>,
    info: GraphQLResolveInfo,
  ): readonly unknown[] {
    const askedOfType = new Map<string, ReadonlySet<string>>();
    return representations.map((representation) => {
      const typeName = String(representation['__typename']);
      const definition = Object.hasOwn(definitions, typeName) ? definitions[typeName] : undefined;
      if (!definition) return badInput(`This service has no entity of type ${JSON.stringify(typeName)}.`);
      if (definition.kind === 'representation')
        return entityOf(typeName, representation, definition.keyFields, info);
      let asked = askedOfType.get(typeName);
      if (!asked) askedOfType.set(typeName, (asked = fieldsAskedOfType(info, typeName)));
      return loadEntity({
        typeName,
        representation,
        keys: definition.keys,
        asked,
        identities,
        context,
        info,
      });
    });
  };
}

function entityOf(
  typeName: string,
  representation: Representation,
  keyFields: readonly string[],
  info: GraphQLResolveInfo,
) {
  if (keyOfRepresentation(keyFields, representation) === undefined) return keyError(typeName, [keyFields]);
  const numbers = keyFields.filter((field) => typeof representation[field] === 'number');
  return numbers.length === 0 ? representation : withTextIds(typeName, representation, numbers, info);
}

/** An ID is a text to resolvers and databases; a service that answers with a number must not fail the others' statement. */
function withTextIds(
  typeName: string,
  representation: Representation,
  numbers: readonly string[],
  { schema }: GraphQLResolveInfo,
): Representation {
  const type = schema.getType(typeName);
  const fields = isObjectType(type) ? type.getFields() : {};
  const ids = numbers.filter((field) => getNamedType(fields[field]?.type) === GraphQLID);
  return {
    ...representation,
    ...Object.fromEntries(ids.map((field) => [field, String(representation[field])])),
  };
}

interface EntityLoad<Client> {
  readonly typeName: string;
  readonly representation: Representation;
  readonly keys: readonly EntityKey<Client>[];
  readonly asked: ReadonlySet<string>;
  readonly identities: ReadonlyMap<EntityKey<Client>, string>;
  readonly context: RequestContext<Client>;
  readonly info: GraphQLResolveInfo;
}

function loadEntity<Client>(load: EntityLoad<Client>): Promise<unknown> | GraphQLError {
  const { typeName, representation, keys, asked, identities, context, info } = load;
  for (const key of keys) {
    const value = keyOfRepresentation(key.fields, representation);
    if (value === undefined) continue;
    const identity = identities.get(key) ?? typeName;
    const loader = context.loaders.use<EntityRow>(identity, typeName, (batch) => key.loadAll(batch, context));
    return loader.load(value, asked).then((row) => {
      if (row && isOfType(info, typeName, row)) return withTypeName(row, typeName);
      context.missing.push({ type: typeName, key: value });
      return null;
    });
  }
  return keyError(
    typeName,
    keys.map((key) => key.fields),
  );
}

/** False when a representation says `Book` and its key leads to a `Device`. */
function isOfType(info: GraphQLResolveInfo, typeName: string, row: EntityRow): boolean {
  if (row.__typename === undefined || row.__typename === typeName) return true;
  const type = info.schema.getType(typeName);
  return isInterfaceType(type);
}

function withTypeName(row: EntityRow, typeName: string): EntityRow {
  return row.__typename === undefined ? Object.assign(row, { __typename: typeName }) : row;
}

function keyError(typeName: string, keys: readonly (readonly string[])[]): GraphQLError {
  const expected = keys.map((fields) => `"${fields.join(' ')}"`).join(' or ');
  return badInput(`A representation of ${typeName} has none of its keys: expected ${expected}.`);
}
