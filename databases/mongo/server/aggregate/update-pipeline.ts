import { CommandError } from '../command-error.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import {
  addFieldsStage,
  projectStage,
  replaceRootStage,
  replaceWithStage,
  unsetStage,
} from './stages/basic-stages.ts';
import type { PipelineContext, Stage } from './pipeline-context.ts';
import { Deadline } from '../deadline.ts';

// Imported one by one: the table of all stages would close a circle of imports.
const STAGES: Readonly<Record<string, (operand: unknown, context: PipelineContext) => Stage>> = {
  $set: addFieldsStage,
  $addFields: addFieldsStage,
  $unset: unsetStage,
  $project: projectStage,
  $replaceRoot: replaceRootStage,
  $replaceWith: (operand, context) => replaceWithStage(operand, context),
};

const NOTHING = (): BsonDocument[] => [];

/** Compiles an update that is a pipeline. */
export function compileUpdatePipeline(
  pipeline: readonly unknown[],
  variables: BsonDocument | undefined,
): (document: BsonDocument) => BsonDocument {
  const context: PipelineContext = {
    database: '',
    deadline: new Deadline(0),
    variables,
    find: NOTHING,
    findByValues: NOTHING,
  };
  const stages = pipeline.map((raw) => {
    const [name = '', ...others] = isDocument(raw) ? Object.keys(raw) : [];
    if (!isDocument(raw) || others.length > 0) {
      throw new CommandError(
        'Location40323',
        'A pipeline stage specification object must contain exactly one field.',
      );
    }
    const build = STAGES[name];
    if (build === undefined) {
      throw new CommandError(
        name.startsWith('$') ? 'InvalidOptions' : 'Location40324',
        `${name} is not allowed to be used within an update`,
      );
    }
    return build(raw[name], context);
  });
  return (document) => {
    const [result] = stages.reduce<Iterable<BsonDocument>>((input, stage) => stage(input), [document]);
    if (result === undefined) throw new CommandError('InternalError', 'An update pipeline gave no document');
    // The _id stays where a $replaceWith leaves it out.
    const { _id: id, ...fields } = result;
    return { _id: id ?? document['_id'], ...fields };
  };
}
