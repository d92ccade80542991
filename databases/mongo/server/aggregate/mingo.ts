import { createRequire } from 'node:module';

type Core = typeof import('mingo/core');
type Accumulators = typeof import('mingo/operators/accumulator');
type Expressions = typeof import('mingo/operators/expression');
type Util = typeof import('mingo/util');

/** The parts of mingo that this server uses. */
export interface Mingo {
  readonly core: Core;
  readonly accumulators: Accumulators;
  readonly expressions: Expressions;
  readonly util: Util;
}

const require = createRequire(import.meta.url);
let loaded: Mingo | null = null;

/**
 * mingo, loaded at the first expression: it is some two hundred files, and a server that starts
 * should answer before it has read them.
 */
export function mingo(): Mingo {
  // What require gives has the types of the packages that it names.
  loaded ??= {
    core: require('mingo/core') as Core,
    accumulators: require('mingo/operators/accumulator') as Accumulators,
    expressions: require('mingo/operators/expression') as Expressions,
    util: require('mingo/util') as Util,
  };
  return loaded;
}
