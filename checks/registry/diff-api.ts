import { CriticalityLevel, diff } from '@graphql-inspector/core';

import { CheckError } from '../check-error.ts';
import { composeSides, type CheckBase } from '../composition/compose-sides.ts';
import type { FileTree } from '../files/file-tree.ts';
import { findNearestPlace } from '../project/schema-index.ts';
import { loadSnapshot } from '../project/snapshot.ts';

/** One difference of the schema that clients see. */
export interface ApiDifference {
  readonly kind: 'breaking' | 'dangerous' | 'safe';
  /** The coordinate; undefined for what has none. */
  readonly path: string | undefined;
  readonly message: string;
  /** `file:line` of the head, or of the base when it is gone. */
  readonly place: string | undefined;
}

const kinds: Readonly<Record<CriticalityLevel, ApiDifference['kind']>> = {
  [CriticalityLevel.Breaking]: 'breaking',
  [CriticalityLevel.Dangerous]: 'dangerous',
  [CriticalityLevel.NonBreaking]: 'safe',
};

/**
 * Every difference between two API schemas, whoever is hit: what `freehold check` weighs, unweighed.
 * @throws {CheckError} when one of the sides does not compose.
 */
export async function diffApi(base: CheckBase, head: FileTree): Promise<ApiDifference[]> {
  const before = base.kind === 'tree' ? loadSnapshot(base.tree) : undefined;
  const after = loadSnapshot(head);
  const sides = composeSides(base, before, after, []);
  if (sides.head === undefined || sides.base === undefined)
    throw new CheckError(
      `The subgraphs of ${sides.head === undefined ? 'the working tree' : 'the base'} do not compose; "freehold check" says why.`,
    );
  const changes = await diff(sides.base.schema, sides.head.schema);
  return changes.map(({ criticality, path, message }) => {
    const coordinate = path === undefined ? undefined : toCoordinate(path);
    const place =
      coordinate === undefined
        ? undefined
        : (after.index.find(coordinate)[0] ??
          before?.index.find(coordinate)[0] ??
          findNearestPlace(after.index, coordinate));
    return {
      kind: kinds[criticality.level],
      path: coordinate,
      message,
      place: place === undefined ? undefined : `${place.file}:${place.line}`,
    };
  });
}

/** graphql-inspector writes arguments as a third part of the path: `Query.product.id`. */
function toCoordinate(path: string): string {
  const [type, field, argument] = path.split('.');
  return argument === undefined || argument.startsWith('@')
    ? [type, field].filter((part) => part !== undefined && !part.startsWith('@')).join('.')
    : `${type}.${field}(${argument}:)`;
}

/** The differences for a terminal, breaking ones first. */
export function printDifferences(differences: readonly ApiDifference[]): string {
  if (differences.length === 0) return 'The schema that clients see is the same.\n';
  const order: readonly ApiDifference['kind'][] = ['breaking', 'dangerous', 'safe'];
  return order
    .flatMap((kind) => {
      const own = differences.filter((difference) => difference.kind === kind);
      if (own.length === 0) return [];
      const lines = own.map(({ message, place }) => `  ${message}${place === undefined ? '' : `  ${place}`}`);
      return [`${kind} (${own.length})\n${lines.join('\n')}\n`];
    })
    .join('\n');
}
