import type { KeyRename, RewriteHop } from '../planning/compiled-plan.ts';
import { isDataObject, typeNameOf, type DataObject, type DataPath } from './data.ts';

/** Gives the keys of an answer the names that the rest of the plan expects. */
export function renameKeys(answer: unknown, renames: readonly KeyRename[], typeName?: string): void {
  for (const { path, from, to } of renames)
    visitObjects(answer, path, 0, typeName, (object) => {
      if (!Object.hasOwn(object, from)) return;
      object[to] = object[from];
      delete object[from];
    });
}

/**
 * The path of an error of the same answer, under the names that the rest of the plan expects. The planner's aliases are
 * in no schema, so that a name alone tells what it was renamed to.
 */
export function renamePath(path: DataPath, renames: readonly KeyRename[]): DataPath {
  return renames.length === 0
    ? path
    : path.map((part) => renames.find(({ from }) => from === part)?.to ?? part);
}

/** Calls `visit` with every object at a rewrite's path. `typeName` is that of `value`, where it does not say it. */
function visitObjects(
  value: unknown,
  path: readonly RewriteHop[],
  index: number,
  typeName: string | undefined,
  visit: (object: DataObject) => void,
): void {
  if (Array.isArray(value)) {
    for (const item of value) visitObjects(item, path, index, typeName, visit);
    return;
  }
  if (!isDataObject(value)) return;
  const hop = path[index];
  if (hop === undefined) visit(value);
  else if (hop.kind === 'field') visitObjects(value[hop.key], path, index + 1, undefined, visit);
  else {
    const name = typeNameOf(value) ?? typeName;
    if (name === undefined || hop.typeNames.includes(name))
      visitObjects(value, path, index + 1, typeName, visit);
  }
}
