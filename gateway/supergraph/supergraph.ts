import { createHash } from 'node:crypto';

import { Supergraph as FederationSupergraph } from '@apollo/federation-internals';
import { parse } from 'graphql';

import { describeFailure } from './describe-failure.ts';
import { readOverrideLabels, type OverrideLabel } from './override-labels.ts';
import { stripAuthorization } from './strip-authorization.ts';
import { SupergraphError } from './supergraph-error.ts';

/** A supergraph that was read and found usable. */
export interface Supergraph {
  /** SHA-256 of `sdl`, hexadecimal: equal ids are equal supergraphs. */
  readonly id: string;
  readonly sdl: string;
  readonly subgraphs: readonly { readonly name: string; readonly url: string }[];
  readonly overrideLabels: readonly OverrideLabel[];
  /** Where it came from, for messages. */
  readonly origin: string;
}

/**
 * Checks a supergraph's SDL: that it is GraphQL, a Federation 2 supergraph with a known `join` version, and has
 * subgraphs. Throws a `SupergraphError` that names `origin`.
 */
export function parseSupergraph(sdl: string, origin: string): Supergraph {
  if (sdl.trim() === '') {
    throw new SupergraphError(`${origin} is empty; expected a composed supergraph (see "freehold compose").`);
  }
  const subgraphs = readSubgraphs(sdl, origin);
  if (subgraphs.length === 0) {
    throw new SupergraphError(`${origin} names no subgraph: no value of "join__Graph" was found.`);
  }
  const overrideLabels = readOverrideLabels(parse(sdl, { noLocation: true }));
  return { id: createHash('sha256').update(sdl).digest('hex'), sdl, subgraphs, overrideLabels, origin };
}

function readSubgraphs(sdl: string, origin: string): { name: string; url: string }[] {
  try {
    // What says who may see what is enforced before every engine, and no engine is given it. Any other feature for
    // security or execution that nothing here enforces is refused: serving such a supergraph without it would open
    // what its author has closed.
    const supergraph = FederationSupergraph.build(stripAuthorization(sdl));
    return [...supergraph.subgraphsMetadata()].map(({ name, url }) => ({ name, url }));
  } catch (error) {
    const reason = describeFailure(error);
    // Only composition writes this enum; a reason may quote an @link of a supergraph as well.
    const isComposed = /\benum join__Graph\b/.test(sdl);
    const hint =
      !isComposed && /@core|core schema|@link|specification/.test(reason)
        ? ' If this is a single subgraph\'s schema, compose it first: "freehold compose".'
        : '';
    throw new SupergraphError(`${origin} is not a usable supergraph: ${reason}${hint}`);
  }
}
