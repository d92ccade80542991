import type { SourceLocation } from '../finding.ts';
import type { Snapshot } from './snapshot.ts';
import { listKeys, listTypesOf, type SubgraphType } from './subgraph-types.ts';

/** A key by which a subgraph no longer finds a type that it still has. */
export interface RemovedKey {
  readonly service: string;
  readonly type: string;
  /** The key's fields, as the base writes them. */
  readonly fields: string;
  /** The keys by which the subgraph still finds the type. */
  readonly left: readonly string[];
  /** Other subgraphs of the base that tell the key's fields of the type: what a plan could ask by comes from them. */
  readonly tellers: readonly string[];
  readonly location: SourceLocation;
  readonly baseLocation: SourceLocation;
}

/** The keys that subgraphs give up. A type that goes altogether is told by its fields. */
export function listRemovedKeys(base: Snapshot, head: Snapshot): RemovedKey[] {
  return base.subgraphs.flatMap(({ name: service, schemaFile: file }) => {
    const after = listTypesOf(head, service);
    return [...listTypesOf(base, service).values()].flatMap((type) => {
      const now = after.get(type.name);
      if (now === undefined) return [];
      const left = listResolvable(now);
      const known = new Set(left.map(normalise));
      return listResolvable(type)
        .filter((fields) => !known.has(normalise(fields)))
        .map((fields) => ({
          service,
          type: type.name,
          fields,
          left,
          tellers: listTellers(base, service, type.name, fields),
          location: { file, line: now.line },
          baseLocation: { file, line: type.line },
        }));
    });
  });
}

/** As it stands in a schema: `Order @key(fields: "id")`. */
export function printKey({ type, fields }: Pick<RemovedKey, 'type' | 'fields'>): string {
  return `${type} @key(fields: ${JSON.stringify(fields)})`;
}

function listResolvable(type: SubgraphType): string[] {
  return listKeys(type)
    .filter(({ isResolvable }) => isResolvable)
    .map(({ fields }) => fields);
}

function listTellers(snapshot: Snapshot, service: string, type: string, fields: string): string[] {
  const names = listTopFields(fields);
  return snapshot.subgraphs
    .map(({ name }) => name)
    .filter((name) => {
      const told = name === service ? undefined : listTypesOf(snapshot, name).get(type);
      return names.every((field) => told?.fields.some((one) => one.name.value === field) === true);
    });
}

/** The outermost names of a key's fields: `id owner { id }` is `id` and `owner`. */
export function listTopFields(fields: string): string[] {
  let depth = 0;
  const names: string[] = [];
  for (const [token] of fields.matchAll(/[{}]|[A-Za-z_]\w*/g))
    if (token === '{') depth += 1;
    else if (token === '}') depth -= 1;
    else if (depth === 0) names.push(token);
  return names;
}

/** The paths of a key's fields in one order: `region sku` is the key `sku region`. */
function normalise(fields: string): string {
  const paths: string[] = [];
  const parents: string[] = [];
  let last = '';
  for (const [token] of fields.matchAll(/[{}]|[A-Za-z_]\w*/g))
    if (token === '{') parents.push(last);
    else if (token === '}') parents.pop();
    else {
      last = token;
      paths.push([...parents, token].join('.'));
    }
  return paths.sort().join(' ');
}
