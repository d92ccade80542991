import { Supergraph } from '@apollo/federation-internals';
import type { GraphQLSchema } from 'graphql';

import type { CompositionOutcome } from '../../gateway/supergraph/compose-supergraph.ts';
import { describeFailure } from '../../gateway/supergraph/describe-failure.ts';
import { CheckError } from '../check-error.ts';
import type { FileTree } from '../files/file-tree.ts';
import type { Finding } from '../finding.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { composeSnapshot, hasSameSubgraphs } from './compose-snapshot.ts';
import { judgeComposition } from './judge-composition.ts';

/** What the head is compared with: files of a commit or folder, or a supergraph alone. */
export type CheckBase =
  | { readonly kind: 'tree'; readonly tree: FileTree }
  | { readonly kind: 'supergraph'; readonly label: string; readonly sdl: string };

/** A supergraph and the schema that clients see of it. */
export interface GraphSide {
  readonly supergraphSdl: string;
  readonly schema: GraphQLSchema;
}

/** The supergraph of each side: of the base the one that is published, of the head the one that it composes to. */
export function composeSides(
  input: CheckBase,
  base: Snapshot | undefined,
  head: Snapshot,
  notes: string[],
): { base: GraphSide | undefined; head: GraphSide | undefined; findings: Finding[] } {
  if (input.kind === 'supergraph')
    notes.push(
      'The base is a supergraph alone: migrations, deprecations and older findings of rules are not compared.',
    );
  const isSame = base !== undefined && hasSameSubgraphs(base, head);
  // Nothing that goes into the composition has changed, so it cannot say anything new.
  if (isSame && base.supergraphSdl !== undefined && base.supergraphSdl === head.supergraphSdl) {
    const side = buildSide(base.supergraphSdl, base.supergraphFile);
    return { base: side, head: side, findings: [] };
  }
  const outcome = composeSnapshot(head);
  const baseOutcome = composeBase(base, outcome, isSame);
  if (baseOutcome?.kind === 'failed' && base?.supergraphSdl === undefined)
    notes.push(
      'The base does not compose and has no supergraph file: breaking changes and plans are not judged.',
    );
  const composedBase = baseOutcome?.kind === 'composed' ? baseOutcome : undefined;
  const baseSdl =
    input.kind === 'supergraph' ? input.sdl : (base?.supergraphSdl ?? composedBase?.supergraphSdl);
  const baseName = input.kind === 'supergraph' ? `--base ${input.label}` : `The base (${input.tree.label})`;
  return {
    base: baseSdl === undefined ? undefined : buildSide(baseSdl, baseName),
    head: outcome.kind === 'composed' ? buildSide(outcome.supergraphSdl, 'The working tree') : undefined,
    findings: judgeComposition(head, outcome, listChanged(base, head), composedBase?.hints ?? []),
  };
}

/** The base is composed only for what its supergraph file cannot tell: the hints that it had already. */
function composeBase(
  base: Snapshot | undefined,
  head: CompositionOutcome,
  isSame: boolean,
): CompositionOutcome | undefined {
  if (base === undefined) return undefined;
  if (isSame) return head;
  const hasHints = head.kind === 'composed' && head.hints.length > 0;
  return base.supergraphSdl === undefined || hasHints ? composeSnapshot(base) : undefined;
}

function buildSide(supergraphSdl: string, side: string): GraphSide {
  try {
    const supergraph = Supergraph.build(supergraphSdl, {
      supportedFeatures: null,
      validateSupergraph: false,
    });
    return { supergraphSdl: supergraphSdl.trim(), schema: supergraph.apiSchema().toGraphQLJSSchema() };
  } catch (error) {
    const [reason = ''] = describeFailure(error).split('\n');
    throw new CheckError(
      `${side} holds no supergraph that can be read; expected what "npx freehold publish" writes. It says: ${reason}`,
      { cause: error },
    );
  }
}

function listChanged(base: Snapshot | undefined, head: Snapshot): string[] {
  return head.subgraphs
    .filter(({ name, sdl }) => base?.subgraphs.find((subgraph) => subgraph.name === name)?.sdl !== sdl)
    .map(({ name }) => name);
}
