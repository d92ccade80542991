import type { EngineName } from '../../gateway/engine.ts';
import type { CompiledEngineOptions } from '../../gateway/engines/compiled-engine-options.ts';
import type { SubgraphData } from '../support/declarative-subgraph.ts';

/** One operation of a case and the right answer to it. */
export interface CaseQuery {
  /** A sentence on the behaviour. */
  readonly name: string;
  readonly query: string;
  readonly operationName?: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
  /** The right data, keys in their order; absent where the answer must be without data. */
  readonly data?: unknown;
  /** The path of every error (`users.0.name`; `-` for one without a path), each as often as it occurs. */
  readonly errors?: readonly string[];
  /** Where an error's text or extensions matter: `{ path: part of the text }`. */
  readonly messages?: Readonly<Record<string, string>>;
  /** How many requests of the compiled engine reach each subgraph; a subgraph left out gets none. */
  readonly requests?: Readonly<Record<string, number>>;
  /** Why the stock engine's answer is wrong; the test then holds it to being different. */
  readonly apolloIsWrong?: string;
  /** What the compiled engine cannot do yet; as above, the test holds it to being different. */
  readonly knownLimit?: string;
  /**
   * Error paths that the stock engine gives instead of the right ones, where its data is right. Each use names its
   * reason.
   */
  readonly apolloErrors?: { readonly paths: readonly string[]; readonly reason: string };
}

/** A case: the folder's *.graphql files are the subgraphs, by file name. */
export interface FederationCase {
  /** The subgraphs' data, made anew for every query: a mutation of one never shows in another. */
  readonly data: () => Readonly<Record<string, SubgraphData>>;
  readonly queries: readonly CaseQuery[];
  /** The engines that can use this supergraph at all; both unless said. */
  readonly engines?: readonly EngineName[];
  /** What is set on the compiled engine; its defaults unless said. */
  readonly compiled?: CompiledEngineOptions;
}

/** Types a case where it is written. */
export function defineCase(federationCase: FederationCase): FederationCase {
  return federationCase;
}
