import type { FieldSelection, Selection } from './selection.ts';

/** Selections of one place, put together: one entry a field, one a type condition. */
interface MergedSelections {
  readonly fields: Map<
    string,
    { readonly field: FieldSelection; readonly inner: MergedSelections | undefined }
  >;
  readonly fragments: Map<string, MergedSelections>;
}

/**
 * Prints a selection set under the gateway's names, each field once. Introspection and, at the root, what `isLocal`
 * says are left out; a set that has become empty (all of it skipped) asks for `__typename`, so that its parent is
 * still fetched.
 */
export function printSelections(
  selections: readonly Selection[],
  isLocal: (field: FieldSelection) => boolean,
): string {
  const merged = makeMerged();
  mergeInto(merged, selections, isLocal);
  return printMerged(merged);
}

function isIntrospection(field: FieldSelection): boolean {
  return field.introspection !== undefined;
}

function makeMerged(): MergedSelections {
  return { fields: new Map(), fragments: new Map() };
}

function mergeInto(
  target: MergedSelections,
  selections: readonly Selection[],
  isLocal: (field: FieldSelection) => boolean,
): void {
  for (const selection of selections) {
    if (selection.kind === 'fragment') {
      const name = selection.typeCondition.name;
      const inner = target.fragments.get(name) ?? makeMerged();
      target.fragments.set(name, inner);
      mergeInto(inner, selection.selections, isLocal);
      continue;
    }
    if (isLocal(selection)) continue;
    let entry = target.fields.get(selection.key);
    if (entry === undefined) {
      entry = { field: selection, inner: selection.selections && makeMerged() };
      target.fields.set(selection.key, entry);
    }
    if (entry.inner !== undefined && selection.selections !== undefined)
      mergeInto(entry.inner, selection.selections, isIntrospection);
  }
}

function printMerged({ fields, fragments }: MergedSelections): string {
  const parts: string[] = [];
  for (const { field, inner } of fields.values()) {
    const alias = field.key === field.fieldName ? '' : `${field.key}: `;
    parts.push(`${alias}${field.fieldName}${field.argumentsText}${inner ? ` ${printMerged(inner)}` : ''}`);
  }
  for (const [name, inner] of fragments)
    if (!isEmpty(inner)) parts.push(`... on ${name} ${printMerged(inner)}`);
  return parts.length === 0 ? '{ __typename }' : `{ ${parts.join(' ')} }`;
}

function isEmpty({ fields, fragments }: MergedSelections): boolean {
  return fields.size === 0 && [...fragments.values()].every(isEmpty);
}
