import type { DataPath } from './data.ts';

/** An error of a subgraph at a place of the data, still under the gateway's names. */
export interface ServiceError {
  readonly service: string;
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly paths: readonly DataPath[];
}
