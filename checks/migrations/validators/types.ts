import { certain, type NarrowingRule, type Schema, type SchemaPair } from './narrowing.ts';

export const numberTypes: readonly string[] = ['int', 'long', 'double', 'decimal'];

const jsonTypes: Readonly<Record<string, readonly string[]>> = { boolean: ['bool'], number: numberTypes };

/** The BSON types that a schema allows; undefined when it allows all. */
export function readTypes({ bsonType, type }: Schema): readonly string[] | undefined {
  const [bson, json] = [expandTypes(bsonType), expandTypes(type)];
  if (bson === undefined || json === undefined) return bson ?? json;
  return bson.filter((name) => json.includes(name));
}

function expandTypes(names: unknown): string[] | undefined {
  const listed: unknown[] = Array.isArray(names) ? names : [names];
  const known = listed.filter((name) => typeof name === 'string');
  return known.length === 0 ? undefined : [...new Set(known.flatMap((name) => jsonTypes[name] ?? [name]))];
}

/** Whether both schemas allow a value of one of the types: a rule for other values refuses nothing new. */
export function mayBothBe({ before, after }: SchemaPair, types: readonly string[]): boolean {
  return [readTypes(before), readTypes(after)].every(
    (allowed) => allowed === undefined || allowed.some((name) => types.includes(name)),
  );
}

/** Judges `bsonType` and `type`. */
export const narrowTypes: NarrowingRule = ({ before, after, path }) => {
  const [old, now] = [readTypes(before), readTypes(after)];
  if (now === undefined) return [];
  if (old === undefined) return [certain(path, `has to be ${printTypes(now, ' or ')} from now on`)];
  const gone = old.filter((name) => !now.includes(name));
  return gone.length === 0 ? [] : [certain(path, `may no longer be ${printTypes(gone, ', ')}`)];
};

function printTypes(types: readonly string[], separator: string): string {
  const isAnyNumber = numberTypes.every((name) => types.includes(name));
  const plain = isAnyNumber ? types.filter((name) => !numberTypes.includes(name)) : types;
  return [...plain, ...(isAnyNumber ? ['number'] : [])].join(separator);
}
