import type { DataPath } from './data.ts';

/** An error of a subgraph at a place of the data, still under the gateway's names. */
export interface ServiceError {
  readonly service: string;
  readonly message: string;
  readonly extensions: Readonly<Record<string, unknown>>;
  readonly places: readonly ErrorPlace[];
}

/** Where an error belongs. */
export interface ErrorPlace {
  readonly path: DataPath;
  /** Keys of which one at least must be asked for there, or the error is none of the place's; empty for any. */
  readonly fields: readonly string[];
}
