import type { DifferentialGraph } from '../differential-graph.ts';
import { benchmarkGraph } from './benchmark.ts';
import { hardGraph } from './hard.ts';
import { shopGraph } from './shop.ts';

/** The supergraphs of the differential run. */
export const differentialGraphs: readonly DifferentialGraph[] = [hardGraph, benchmarkGraph, shopGraph];
