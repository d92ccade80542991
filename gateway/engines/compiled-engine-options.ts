import { plannerDefaults, type PlannerOptions } from '../planning/planner-options.ts';
import { transportDefaults, type TransportOptions } from '../transport/transport-options.ts';

/** How our engine works. */
export interface CompiledEngineSettings {
  /** Operations, and plans, that are kept compiled; those unused for longest go first. Default 1,000. */
  readonly operationsMax: number;
  /**
   * Bytes of last runs that are kept in all (see `LastRun`): an operation whose subgraphs answer the same bytes as
   * last time is not computed again. Default 33,554,432; 0 is off.
   */
  readonly lastRunBytesMax: number;
  /**
   * Within one query, not to ask a subgraph again for fields of an entity that it has told already at another place.
   * Only for subgraphs that answer by the path of a field must it be off. Default: on.
   */
  readonly reuseEntityFields: boolean;
  /**
   * For how many percent of the requests a label of `@override` is true, by label; it goes before what `percent(20)` says
   * of itself. Default: none; a label of one's own is then false for all.
   */
  readonly overridePercents: Readonly<Record<string, number>>;
  /** What a request draws for its labels, from 0 to below 100. Default: by chance. */
  readonly drawPercent: () => number;
  readonly planner: PlannerOptions;
  readonly transport: TransportOptions;
}

/** What can be set on our engine; what is not has its default. */
export type CompiledEngineOptions = Partial<Omit<CompiledEngineSettings, 'planner' | 'transport'>> & {
  readonly planner?: Partial<PlannerOptions>;
  readonly transport?: Partial<TransportOptions>;
};

export const compiledEngineDefaults: CompiledEngineSettings = {
  operationsMax: 1000,
  lastRunBytesMax: 32 * 1024 * 1024,
  reuseEntityFields: true,
  overridePercents: {},
  drawPercent: () => Math.random() * 100,
  planner: plannerDefaults,
  transport: transportDefaults,
};
