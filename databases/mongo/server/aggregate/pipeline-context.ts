import type { Deadline } from '../deadline.ts';
import type { BsonDocument } from '../values/bson-document.ts';

/** What the stages of one run may use. */
export interface PipelineContext {
  readonly database: string;
  readonly deadline: Deadline;
  /** Variables of `let`, by name without `$$`. */
  readonly variables: BsonDocument | undefined;
  /** Finds documents of a collection of the same database; none when it does not exist. */
  readonly find: (
    collection: string,
    filter: BsonDocument,
    variables: BsonDocument | undefined,
  ) => Iterable<BsonDocument>;
  /** Looks up documents by values of one path, through an index where there is one. */
  readonly findByValues: (
    collection: string,
    path: string,
    values: readonly unknown[],
  ) => Iterable<BsonDocument>;
}

/** One step of a pipeline: documents in, documents out. */
export type Stage = (input: Iterable<BsonDocument>) => Iterable<BsonDocument>;

/** Compiles a pipeline; given to the stages that hold one, so that they need not import their table. */
export type PipelineCompiler = (
  pipeline: unknown,
  context: PipelineContext,
) => (input: Iterable<BsonDocument>) => Iterable<BsonDocument>;

/** Makes a stage of one kind from its operand. */
export type StageBuilder = (operand: unknown, context: PipelineContext, compile: PipelineCompiler) => Stage;
