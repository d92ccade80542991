import type { EntityTarget, Required, ValueOverride } from '../planning/compiled-plan.ts';
import { collectFields } from '../planning/resolve-representations.ts';
import { getOwn, isDataObject, typeNameOf, type DataObject } from './data.ts';
import { writeJson } from './json-text.ts';

/**
 * Reads an entity's representation as JSON text; undefined when the entity lacks a required field or is of a type
 * that the fetch is not for. Equal representations have equal texts.
 */
export type ReadRepresentation = (entity: DataObject) => string | undefined;

type ReadValue = (value: unknown) => string | undefined;

/** Stands for every `__typename` that no condition names; no type has this name. */
const otherTypes = '';

/** Compiles a target's required fields. */
export function compileReader({ requires, overrides }: EntityTarget): ReadRepresentation {
  const readerOf = keepByType(requires, overrides, (typeName) => {
    // Without a fragment for its type there is nothing to read, and no entity to ask for.
    const hasType = collectFields(requires, typeName).some(({ key }) => key === '__typename');
    return hasType ? compileObject(requires, typeName, overrides) : () => undefined;
  });
  return (entity) => {
    const typeName = typeNameOf(entity);
    return typeName === undefined ? undefined : readerOf(typeName)(entity);
  };
}

/**
 * Makes one reader for each `__typename` that a condition names, when it is first met, and one for all others, which
 * are read alike: a subgraph may make up names without end.
 */
function keepByType(
  requires: readonly Required[],
  overrides: readonly ValueOverride[],
  compile: (typeName: string | undefined) => ReadRepresentation,
): (typeName: string | undefined) => ReadRepresentation {
  const named = new Set([
    ...requires.flatMap(listTypeNames),
    ...overrides.flatMap(({ path }) => path.flatMap((hop) => (hop.kind === 'type' ? hop.typeNames : []))),
  ]);
  const readers = new Map<string | undefined, ReadRepresentation>();
  return (typeName) => {
    const name = typeName === undefined || named.has(typeName) ? typeName : otherTypes;
    let reader = readers.get(name);
    if (reader === undefined) {
      reader = compile(name);
      readers.set(name, reader);
    }
    return reader;
  };
}

/** The names in the conditions on one object. */
function listTypeNames(entry: Required): readonly string[] {
  return entry.kind === 'field' ? [] : [...entry.typeNames, ...entry.requires.flatMap(listTypeNames)];
}

function readLeaf(value: unknown): string | undefined {
  return value === undefined ? undefined : writeJson(value);
}

/** Reads objects and lists of them; an object without `__typename` is read for what no condition guards. */
function compileNested(requires: readonly Required[], overrides: readonly ValueOverride[]): ReadValue {
  const readerOf = keepByType(requires, overrides, (typeName) =>
    compileObject(requires, typeName, overrides),
  );
  const read: ReadValue = (value) => {
    if (value === undefined) return undefined;
    if (value === null) return 'null';
    if (Array.isArray(value)) {
      let text = '';
      for (let index = 0; index < value.length; index++) {
        const part = read(value[index]);
        if (part === undefined) return undefined;
        text += index === 0 ? part : `,${part}`;
      }
      return `[${text}]`;
    }
    if (!isDataObject(value)) return undefined;
    return readerOf(typeNameOf(value))(value);
  };
  return read;
}

function compileObject(
  requires: readonly Required[],
  typeName: string | undefined,
  overrides: readonly ValueOverride[],
): ReadRepresentation {
  const parts = collectFields(requires, typeName).map((field) => {
    const override = overrides.find(({ path, key }) => isHere(path, typeName) && key === field.sendAs);
    const inner = overrides.flatMap((entry) => stepInto(entry, field.key, typeName));
    return {
      key: field.key,
      prefix: `${JSON.stringify(field.sendAs)}:`,
      constant: override && JSON.stringify(override.value),
      read: field.requires ? compileNested(field.requires, inner) : readLeaf,
    };
  });
  const readObject: ReadRepresentation = (object) => {
    let text = '';
    for (const { key, prefix, read, constant } of parts) {
      const value = constant ?? read(getOwn(object, key));
      if (value === undefined) return undefined;
      text += (text === '' ? prefix : `,${prefix}`) + value;
    }
    return `{${text}}`;
  };
  const varying = parts.filter(({ key, constant }) => key !== '__typename' && constant === undefined);
  const [only] = varying;
  // Among objects of several types the text depends on more than the one value.
  const isOneType = typeName !== undefined && typeName !== otherTypes;
  return isOneType && only !== undefined && varying.length === 1 && only.read === readLeaf
    ? rememberByKey(readObject, only.key)
    : readObject;
}

// A page of a list seldom has more. The texts are kept between requests by every reader of every operation: with 1000
// operations of four readers each, a hundred of 150 bytes are 60 MB.
const rememberedMax = 100;

/**
 * Reads an object whose text depends on one string or number alone: most places of a list lead to few entities, and
 * equal texts that are one string are found in a map without being compared or hashed again.
 */
function rememberByKey(read: ReadRepresentation, key: string): ReadRepresentation {
  const texts = new Map<unknown, string>();
  return (object) => {
    const value = getOwn(object, key);
    if (typeof value !== 'string' && typeof value !== 'number') return read(object);
    const known = texts.get(value);
    if (known !== undefined) return known;
    const text = read(object);
    if (text === undefined) return undefined;
    if (texts.size >= rememberedMax) texts.clear();
    texts.set(value, text);
    return text;
  };
}

/** Whether a path without field hops holds for an object of this type. */
function isHere(path: ValueOverride['path'], typeName: string | undefined): boolean {
  return path.every(
    (hop) => hop.kind === 'type' && (typeName === undefined || hop.typeNames.includes(typeName)),
  );
}

/** The override as seen from inside a field, if it leads there. */
function stepInto(override: ValueOverride, key: string, typeName: string | undefined): ValueOverride[] {
  const index = override.path.findIndex((hop) => hop.kind === 'field');
  const hop = override.path[index];
  if (hop?.kind !== 'field' || hop.key !== key) return [];
  if (!isHere(override.path.slice(0, index), typeName)) return [];
  return [{ ...override, path: override.path.slice(index + 1) }];
}
