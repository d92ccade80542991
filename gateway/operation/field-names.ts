/**
 * Gives every field of an operation the name under which the gateway asks for it. A field without arguments keeps its
 * own name; one with arguments gets a name for each set of arguments. So no alias of a client can stand where a key or
 * a required field is expected, and the same field with the same arguments is asked for once.
 */
export class FieldNames {
  readonly #taken: ReadonlySet<string>;
  readonly #names = new Map<string, string>();
  #count = 0;

  /** `taken`: every field name of the supergraph. */
  constructor(taken: ReadonlySet<string>) {
    this.#taken = taken;
  }

  /** `distinction` separates fields that are otherwise the same; '' for none. */
  nameOf(fieldName: string, argumentsText: string, distinction: string): string {
    if (argumentsText === '' && distinction === '') return fieldName;
    const signature = `${fieldName}${argumentsText} ${distinction}`;
    const known = this.#names.get(signature);
    if (known !== undefined) return known;
    let name: string;
    do name = `${fieldName}__${this.#count++}`;
    while (this.#taken.has(name));
    this.#names.set(signature, name);
    return name;
  }
}

/** Every field name of a schema. */
export function listFieldNames(types: Iterable<object>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const type of types)
    if ('getFields' in type && typeof type.getFields === 'function')
      for (const name of Object.keys(type.getFields() as object)) names.add(name);
  return names;
}
