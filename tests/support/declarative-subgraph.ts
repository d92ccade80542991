import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  type SelectionSetNode,
  Kind,
  buildSchema,
  getNamedType,
  isListType,
  isNonNullType,
  isObjectType,
  parse,
  printSchema,
} from 'graphql';

/** What a request carries into a field function. */
export interface SubgraphRequestContext {
  readonly headers: Readonly<Record<string, string | undefined>>;
}

/** A value of a field: plain, an `Error` for a field that fails, or a function for a field with logic. */
export type Value =
  | string
  | number
  | boolean
  | null
  | undefined
  | Error
  | FieldFunction
  | readonly Value[]
  | { readonly [name: string]: Value };

/** One object of a subgraph. */
export type Row = Readonly<Record<string, Value>>;

/** A field with logic; `parent` holds the row and, below `_entities`, the representation's required fields. */
export type FieldFunction = (
  // oxlint-disable-next-line typescript/no-explicit-any -- the data of a test; its author knows the field's arguments
  args: any,
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  parent: any,
  context: SubgraphRequestContext,
) => unknown;

/**
 * A subgraph's data by type name: an object for a root type, a list of rows for any other. A value that names an
 * entity by its key alone stands for the row with that key. A row with `__error` fails its whole reference.
 */
export type SubgraphData = Readonly<Record<string, Row | readonly Row[]>>;

interface KeyedType {
  readonly name: string;
  readonly keys: readonly SelectionSetNode[];
}

/** Lists the types with `@key`, from the SDL (definitions and extensions together). */
function listKeyedTypes(sdl: string): Map<string, KeyedType> {
  const types = new Map<string, KeyedType>();
  for (const node of parse(sdl).definitions) {
    if (!('directives' in node) || !('name' in node) || !node.name) continue;
    const keys = (node.directives ?? [])
      .filter((directive) => directive.name.value === 'key' || directive.name.value === 'federation__key')
      .flatMap((directive) => {
        const value = directive.arguments?.find((argument) => argument.name.value === 'fields')?.value;
        return value?.kind === Kind.STRING ? [parseFieldSet(value.value)] : [];
      });
    if (keys.length === 0) continue;
    const known = types.get(node.name.value)?.keys ?? [];
    types.set(node.name.value, { name: node.name.value, keys: [...known, ...keys] });
  }
  return types;
}

function parseFieldSet(fields: string): SelectionSetNode {
  const [definition] = parse(`{ ${fields} }`).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`"${fields}" is not a set of fields`);
  return definition.selectionSet;
}

/** The key's part of a value as text, or `undefined` where the value lacks a field of the key. */
function readKey(value: unknown, key: SelectionSetNode): string | undefined {
  if (Array.isArray(value)) {
    const items = value.map((item) => readKey(item, key));
    return items.includes(undefined) ? undefined : `[${items.join(',')}]`;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const parts: string[] = [];
  for (const selection of key.selections) {
    if (selection.kind !== Kind.FIELD) continue;
    const field = (value as Row)[selection.name.value];
    if (field === undefined) return undefined;
    const part = selection.selectionSet ? readKey(field, selection.selectionSet) : JSON.stringify(field);
    if (part === undefined) return undefined;
    parts.push(`${selection.name.value}:${part}`);
  }
  return parts.sort().join(' ');
}

function isRows(rows: Row | readonly Row[] | undefined): rows is readonly Row[] {
  return Array.isArray(rows);
}

class Tables {
  readonly #schema: () => GraphQLSchema;
  readonly #keyed: Map<string, KeyedType>;
  #data: SubgraphData = {};

  constructor(schema: () => GraphQLSchema, keyed: Map<string, KeyedType>) {
    this.#schema = schema;
    this.#keyed = keyed;
  }

  load(data: SubgraphData): void {
    this.#data = data;
  }

  /** Loads the data of all subgraphs, rows of one entity merged: those of any key in common. */
  loadMerged(data: readonly SubgraphData[]): void {
    const merged: Record<string, Row | Row[]> = {};
    for (const [typeName, rows] of data.flatMap((part) => Object.entries(part))) {
      if (!isRows(rows)) {
        merged[typeName] = { ...(merged[typeName] as Row | undefined), ...rows };
        continue;
      }
      const isConcrete = isObjectType(this.#schema().getType(typeName));
      if (isConcrete) merged[typeName] ??= [];
      for (const row of rows) {
        const table = this.#concreteNames(typeName)
          .map((name) => merged[name])
          .find(
            (candidate) => isRows(candidate) && candidate.some((other) => this.#isSame(typeName, row, other)),
          );
        const target = (table ?? merged[typeName]) as Row[] | undefined;
        const place = target?.findIndex((other) => this.#isSame(typeName, row, other)) ?? -1;
        if (place >= 0) target?.splice(place, 1, { ...target[place], ...row });
        else target?.push(row);
      }
    }
    this.#data = merged;
  }

  #isSame(typeName: string, one: Row, other: Row): boolean {
    return (this.#keyed.get(typeName)?.keys ?? []).some((key) => {
      const wanted = readKey(one, key);
      return wanted !== undefined && wanted === readKey(other, key);
    });
  }

  root(typeName: string): Row {
    const root = this.#data[typeName];
    return root === undefined || Array.isArray(root) ? {} : (root as Row);
  }

  /** The concrete types that a value of this type may have. */
  #concreteNames(typeName: string): readonly string[] {
    const type = this.#schema().getType(typeName);
    if (!type || isObjectType(type)) return [typeName];
    return 'getTypes' in type || 'getInterfaces' in type
      ? this.#schema()
          .getPossibleTypes(type)
          .map((possible) => possible.name)
      : [];
  }

  hasTable(typeName: string): boolean {
    return this.#concreteNames(typeName).some((name) => Array.isArray(this.#data[name]));
  }

  find(typeName: string, reference: Row): Row | undefined {
    const named = typeof reference['__typename'] === 'string' ? reference['__typename'] : typeName;
    for (const name of [...this.#concreteNames(named), ...this.#concreteNames(typeName)]) {
      const rows = this.#data[name];
      if (!Array.isArray(rows)) continue;
      const keys = [name, typeName].flatMap((owner) => this.#keyed.get(owner)?.keys ?? []);
      for (const key of keys) {
        const wanted = readKey(reference, key);
        if (wanted === undefined) continue;
        const row = (rows as readonly Row[]).find((candidate) => readKey(candidate, key) === wanted);
        if (row) return { __typename: name, ...row };
      }
    }
    return undefined;
  }

  /** Puts the row in the place of a value that names it by key; lists are followed, other values stay. */
  expand(value: unknown, type: GraphQLOutputType): unknown {
    if (isNonNullType(type)) return this.expand(value, type.ofType);
    if (value instanceof Promise) return value.then((settled) => this.expand(settled, type));
    if (isListType(type)) {
      return Array.isArray(value) ? value.map((item) => this.expand(item, type.ofType)) : value;
    }
    if (typeof value !== 'object' || value === null || value instanceof Error) return value;
    const row = this.find(getNamedType(type).name, value as Row);
    return row ? { ...value, ...row } : value;
  }
}

/** A subgraph as `@apollo/subgraph` makes it, answered from data. */
export interface DeclarativeSubgraph {
  readonly schema: GraphQLSchema;
  readonly fieldResolver: GraphQLFieldResolver<unknown, SubgraphRequestContext>;
  /** Puts other data in the place of the data so far. */
  load(data: SubgraphData): void;
}

export function createDeclarativeSubgraph(sdl: string): DeclarativeSubgraph {
  const keyed = listKeyedTypes(sdl);
  // Assigned below: the tables need the schema to know concrete types, the schema needs their reference resolvers.
  let schema: GraphQLSchema | undefined = undefined;
  const tables = new Tables(() => {
    if (!schema) throw new Error('The subgraph was asked before its schema was built');
    return schema;
  }, keyed);

  const resolveReference =
    (typeName: string) =>
    // Asynchronous, so that a failure is the entity's own: `_entities` of @apollo/subgraph fails whole otherwise.
    async (reference: object): Promise<unknown> => {
      const row = tables.find(typeName, reference as Row);
      if (typeof row?.['__error'] === 'string') throw new Error(row['__error']);
      if (row) return { ...reference, ...row };
      return tables.hasTable(typeName) ? null : reference;
    };
  const resolvers = Object.fromEntries(
    [...keyed.keys()].map((name) => [name, { __resolveReference: resolveReference(name) }]),
  );
  schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers });

  return {
    schema,
    load: (data) => {
      tables.load(data);
    },
    fieldResolver: createFieldResolver(tables),
  };
}

function createFieldResolver(tables: Tables): GraphQLFieldResolver<unknown, SubgraphRequestContext> {
  return (source, args, context, info) => {
    const owner = info.path.prev === undefined ? tables.root(info.parentType.name) : source;
    if (typeof owner !== 'object' || owner === null) return undefined;
    const value = (owner as Row)[info.fieldName];
    const result = typeof value === 'function' ? value(args, owner, context) : value;
    return tables.expand(result, info.returnType);
  };
}

/**
 * The same graph as one schema without federation: types and fields of all subgraphs, rows of one entity merged.
 * Interface objects' rows go to the objects that they stand for, so subgraphs with such rows come last in `subgraphs`.
 */
export function createPlainSchema(
  apiSchema: GraphQLSchema,
  subgraphs: readonly { readonly sdl: string; readonly data: SubgraphData }[],
): DeclarativeSubgraph {
  const keyed = new Map<string, KeyedType>();
  for (const { sdl } of subgraphs) {
    for (const [name, { keys }] of listKeyedTypes(sdl)) {
      keyed.set(name, { name, keys: [...(keyed.get(name)?.keys ?? []), ...keys] });
    }
  }
  const schema = buildSchema(printSchema(apiSchema));
  const tables = new Tables(() => schema, keyed);
  tables.loadMerged(subgraphs.map(({ data }) => data));
  return {
    schema,
    load: (data) => {
      tables.load(data);
    },
    fieldResolver: createFieldResolver(tables),
  };
}
