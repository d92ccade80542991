import type { Batch } from '../loading/batch-loader.ts';
import type { RequestContext } from '../request-context.ts';

/** How a type is found by one of its keys. */
export interface EntityKey<Client> {
  /** The fields of the key, as in `@key(fields: "id")`. */
  readonly fields: readonly string[];
  /**
   * Loads all entities of a batch with one statement. `batch.keys` are what `keyOf` made of the representations, and
   * the map has the same keys; a key that is not in it has no entity.
   */
  readonly loadAll: (
    batch: Batch,
    context: RequestContext<Client>,
  ) => Promise<ReadonlyMap<string, EntityRow>>;
}

/** An entity as it was loaded; `__typename` where the type asked for is an interface. */
export type EntityRow = object & { readonly __typename?: string };

/**
 * How the representations of a type become entities. `keys`: each is loaded by the first key whose fields it has, and
 * two types that are loaded the same way share the keys. `representation`: it is the entity already, because this
 * service only adds fields that load themselves.
 */
export type EntityDefinition<Client> =
  | { readonly kind: 'keys'; readonly keys: readonly EntityKey<Client>[] }
  | { readonly kind: 'representation'; readonly keyFields: readonly string[] };

/** The entities of a type that are found by key, the likeliest key first. */
export function loadedByKeys<Client>(...keys: readonly EntityKey<Client>[]): EntityDefinition<Client> {
  return { kind: 'keys', keys };
}

/** The entities of a type of which this service knows the key alone. */
export function knownByKey<Client>(...keyFields: readonly string[]): EntityDefinition<Client> {
  return { kind: 'representation', keyFields };
}

/** A key of one field: `loadAll` gets its values, and `valueOf` tells the value of a row. */
export function keyOfField<Client, Row extends EntityRow>(
  field: string & keyof Row,
  loadRows: (batch: Batch, context: RequestContext<Client>) => Promise<readonly Row[]>,
): EntityKey<Client> {
  return {
    fields: [field],
    async loadAll(batch, context) {
      const rows = await loadRows(batch, context);
      return new Map(rows.map((row) => [String(row[field]), row]));
    },
  };
}

/**
 * The text that stands for a representation's key in a batch: the value itself of a key of one field, JSON of the
 * values of a composite one. Undefined when the representation does not have the key.
 *
 * A text with a NUL is no key: PostgreSQL refuses it, and with it the statement of all the others of the batch.
 */
export function keyOfRepresentation(
  fields: readonly string[],
  representation: Readonly<Record<string, unknown>>,
): string | undefined {
  const values = fields.map((field) => representation[field]);
  if (!values.every(isKeyValue)) return undefined;
  return values.length === 1 ? String(values[0]) : JSON.stringify(values);
}

function isKeyValue(value: unknown): boolean {
  return typeof value === 'number' || (typeof value === 'string' && !value.includes('\0'));
}
