import { parse, type DocumentNode } from 'graphql';

import type { GatewayConfig } from '../config/gateway-config.ts';
import { RequestError } from '../errors.ts';
import { limitAliases } from './limit-aliases.ts';
import { limitDepth } from './limit-depth.ts';
import { limitDirectives } from './limit-directives.ts';
import { limitRootFields } from './limit-root-fields.ts';
import { limitSelections } from './limit-selections.ts';
import { isTooManyTokens, refuseTokens } from './limit-tokens.ts';
import { LruMap } from './lru-map.ts';
import { measureOperations } from './measure-operation.ts';
import type { ShapeGuard } from './shape-guard.ts';

/**
 * In the order of what an attacker gains most by: fragments that explode first, since every later stage spreads them
 * out; then what multiplies requests to subgraphs; then what costs the gateway alone.
 */
export const shapeGuards: readonly ShapeGuard[] = [
  limitSelections,
  limitDepth,
  limitRootFields,
  limitAliases,
  limitDirectives,
];

/** What was found of a document's text: nothing to say against it, or the refusal. */
type Verdict = RequestError | undefined;

/** Texts whose verdict is kept; and only texts of at most `textLengthMax` characters, which bounds the memory. */
const entriesMax = 2000;
const textLengthMax = 16_384;

/**
 * Judges documents by their text, before they are parsed and validated for execution. A verdict is kept, so that a
 * document that comes again costs one look into a map.
 */
export class DocumentGuards {
  readonly #config: GatewayConfig;
  readonly #verdicts = new LruMap<string, { verdict: Verdict; guard: string }>(entriesMax);
  readonly #onRefusal: (guard: string) => void;

  constructor(config: GatewayConfig, onRefusal: (guard: string) => void) {
    this.#config = config;
    this.#onRefusal = onRefusal;
  }

  /** Throws a `RequestError` for a document over a limit. One that is no GraphQL passes: its error is the parser's. */
  check(text: string): void {
    let known = this.#verdicts.get(text);
    if (known === undefined) {
      known = this.#judge(text);
      if (text.length <= textLengthMax) this.#verdicts.set(text, known);
    }
    if (known.verdict === undefined) return;
    this.#onRefusal(known.guard);
    throw known.verdict;
  }

  #judge(text: string): { verdict: Verdict; guard: string } {
    let document: DocumentNode;
    try {
      document = parse(text, {
        noLocation: true,
        ...(this.#config.tokensMax > 0 && { maxTokens: this.#config.tokensMax }),
      });
    } catch (error) {
      return isTooManyTokens(error)
        ? { verdict: refuseTokens(this.#config.tokensMax), guard: 'tokens' }
        : { verdict: undefined, guard: '' };
    }
    for (const shape of measureOperations(document)) {
      for (const guard of shapeGuards) {
        const limit = this.#config[guard.option];
        const found = guard.measure(shape);
        if (limit > 0 && found > limit) {
          return { verdict: new RequestError(guard.code, guard.describe(found, limit)), guard: guard.name };
        }
      }
    }
    return { verdict: undefined, guard: '' };
  }
}
