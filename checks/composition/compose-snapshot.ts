import { composeSupergraph, type CompositionOutcome } from '../../gateway/supergraph/compose-supergraph.ts';
import type { Snapshot } from '../project/snapshot.ts';

/** Composes the subgraphs of a snapshot. */
export function composeSnapshot(snapshot: Snapshot): CompositionOutcome {
  return composeSupergraph(
    snapshot.subgraphs.map(({ name, url, sdl, schemaFile }) => ({ name, url, sdl, file: schemaFile })),
  );
}

/** Whether two snapshots compose to the same supergraph, because they have the same subgraphs. */
export function hasSameSubgraphs(a: Snapshot, b: Snapshot): boolean {
  const print = (snapshot: Snapshot) =>
    JSON.stringify(snapshot.subgraphs.map(({ name, url, sdl }) => [name, url, sdl]));
  return print(a) === print(b);
}
