/** A `$jsonSchema`, or one within it. */
export type Schema = Readonly<Record<string, unknown>>;

/** What a new validator refuses that the old one allowed. */
export interface Narrowing {
  /** From the document's root, such as `variants[].price.amount`; empty for the document itself. */
  readonly path: string;
  /** Goes on from the path, such as `has to be there from now on`. */
  readonly what: string;
  /** False for a change of which the two schemas do not tell whether it refuses anything. */
  readonly isCertain: boolean;
}

/** The two schemas of one place. */
export interface SchemaPair {
  readonly before: Schema;
  readonly after: Schema;
  readonly path: string;
  /** Whether the deployed version's code has the name of a property in it. */
  readonly isNamedInCode: (name: string) => boolean;
}

export type Compare = (pair: SchemaPair) => Narrowing[];

/** Judges the keywords of one kind; `compare` judges the schemas below. */
export type NarrowingRule = (pair: SchemaPair, compare: Compare) => Narrowing[];

export function certain(path: string, what: string): Narrowing {
  return { path, what, isCertain: true };
}

export function uncertain(path: string, what: string): Narrowing {
  return { path, what, isCertain: false };
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** MongoDB knows no `true` and `false` for schemas, so that what is none says nothing. */
export function asSchema(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

/** True for a schema that every value follows. */
export function isFree(schema: Schema): boolean {
  return Object.keys(schema).every((keyword) => keyword === 'title' || keyword === 'description');
}

/** A number, also in extended JSON such as `{ "$numberLong": "5" }`; undefined for anything else. */
export function readNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (!isSchema(value)) return undefined;
  const [key = '', ...others] = Object.keys(value);
  const number = /^\$number(Int|Long|Double|Decimal)$/.test(key) ? Number(value[key]) : Number.NaN;
  return others.length > 0 || Number.isNaN(number) ? undefined : number;
}

/** JSON in which neither the order of keys makes a difference nor, but for `items`, that of lists; nor how numbers are spelt. */
export function printUnordered(value: unknown, key = ''): string {
  if (Array.isArray(value)) {
    const parts = value.map((part) => printUnordered(part));
    return `[${(key === 'items' ? parts : parts.toSorted()).join()}]`;
  }
  if (!isSchema(value)) return JSON.stringify(value) ?? '';
  const number = readNumber(value);
  if (number !== undefined) return String(number);
  const parts = Object.entries(value)
    // What stands here for people is a text; a property that is called so has a schema.
    .filter(([name, part]) => !((name === 'title' || name === 'description') && typeof part === 'string'))
    .map(([name, part]) => `${JSON.stringify(name)}:${printUnordered(part, name)}`);
  return `{${parts.toSorted().join()}}`;
}
