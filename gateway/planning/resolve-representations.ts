import { Kind, type SelectionNode } from 'graphql';

import type { Required, RequiredField, ValueOverride } from './compiled-plan.ts';
import type { TypeNamesOf } from './list-fetches.ts';
import type { PlannedFetch } from './planned-fetch.ts';
import type { FieldPaths, SubgraphRequirements } from './subgraph-requirements.ts';

/**
 * Says for each type what its representation is. The planner's type conditions overlap: an object may fulfil the one
 * with the required fields and not the one with the key, and a representation without a key fails the whole list. So
 * a type whose representation would lack every key is left out. Towards a subgraph where the type is an interface
 * object, `__typename` is the interface's name, whatever the object's.
 */
export function resolveRepresentations(
  fetches: readonly PlannedFetch[],
  requirements: SubgraphRequirements,
  typeNamesOf: TypeNamesOf,
): readonly PlannedFetch[] {
  return fetches.map((fetch) => {
    if (fetch.requires === undefined) return fetch;
    const conditions = fetch.selectionSet.selections.flatMap(listConditions);
    const keys = conditions.flatMap((name) => requirements.keysOf(fetch.service, name));
    const interfaces = conditions.filter((name) => requirements.isInterfaceObject(fetch.service, name));
    return {
      ...fetch,
      selectionSet: {
        ...fetch.selectionSet,
        selections: fetch.selectionSet.selections.map((node) => withoutTypeName(node, interfaces)),
      },
      requires: resolve(fetch.requires, keys),
      overrides: [
        ...interfaces.map((name): ValueOverride => ({
          path: [{ kind: 'type', typeNames: typeNamesOf(name) }],
          key: '__typename',
          value: name,
        })),
        ...fetch.overrides,
      ],
    };
  });
}

function listConditions(node: SelectionNode): readonly string[] {
  if (node.kind !== Kind.INLINE_FRAGMENT) return [];
  const name = node.typeCondition?.name.value;
  return [...(name === undefined ? [] : [name]), ...node.selectionSet.selections.flatMap(listConditions)];
}

/** An interface object's own `__typename` would replace the one that says more. */
function withoutTypeName(node: SelectionNode, interfaces: readonly string[]): SelectionNode {
  if (node.kind !== Kind.INLINE_FRAGMENT) return node;
  if (!interfaces.includes(node.typeCondition?.name.value ?? '')) return node;
  const selections = node.selectionSet.selections.filter(
    (entry) => entry.kind !== Kind.FIELD || entry.name.value !== '__typename',
  );
  return selections.length === 0 ? node : { ...node, selectionSet: { ...node.selectionSet, selections } };
}

function resolve(requires: readonly Required[], keys: readonly FieldPaths[]): readonly Required[] {
  const fragments = requires.flatMap((entry) => (entry.kind === 'fragment' ? [entry] : []));
  // A list without type conditions at its top has nothing to resolve.
  if (fragments.length !== requires.length) return requires;
  const byFields = new Map<string, { typeNames: string[]; fields: readonly RequiredField[] }>();
  for (const typeName of new Set(fragments.flatMap(({ typeNames }) => typeNames))) {
    const fields = collectFields(requires, typeName);
    const paths = new Set(fields.flatMap((field) => listPaths(field, '')));
    if (keys.length > 0 && !keys.some((key) => [...key].every((path) => paths.has(path)))) continue;
    const text = JSON.stringify(fields);
    const known = byFields.get(text);
    if (known === undefined) byFields.set(text, { typeNames: [typeName], fields });
    else known.typeNames.push(typeName);
  }
  return [...byFields.values()].map(({ typeNames, fields }) => ({
    kind: 'fragment',
    typeCondition:
      fragments.find((fragment) => isSame(fragment.typeNames, typeNames))?.typeCondition ??
      typeNames.join(' | '),
    typeNames,
    requires: fields,
  }));
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((name) => right.includes(name));
}

/** The fields that an object of this type is read for, each once. */
export function collectFields(
  requires: readonly Required[],
  typeName: string | undefined,
): readonly RequiredField[] {
  const fields = new Map<string, RequiredField>();
  const add = (entries: readonly Required[]): void => {
    for (const entry of entries) {
      if (entry.kind === 'fragment') {
        if (typeName !== undefined && entry.typeNames.includes(typeName)) add(entry.requires);
        continue;
      }
      const known = fields.get(entry.sendAs);
      const inner = [...(known?.requires ?? []), ...(entry.requires ?? [])];
      fields.set(entry.sendAs, { ...entry, ...(inner.length > 0 && { requires: inner }) });
    }
  };
  add(requires);
  return [...fields.values()];
}

function listPaths(entry: Required, parent: string): readonly string[] {
  const path = entry.kind === 'field' ? `${parent}${entry.sendAs}` : parent;
  const inner = (entry.requires ?? []).flatMap((child) =>
    listPaths(child, entry.kind === 'field' ? `${path}.` : parent),
  );
  return entry.kind === 'field' ? [path, ...inner] : inner;
}
