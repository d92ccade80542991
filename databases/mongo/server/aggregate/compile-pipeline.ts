import { CommandError } from '../command-error.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import type { PipelineContext, Stage, StageBuilder } from './pipeline-context.ts';
import {
  addFieldsStage,
  countStage,
  limitStage,
  matchStage,
  projectStage,
  replaceRootStage,
  replaceWithStage,
  sampleStage,
  skipStage,
  sortStage,
  unsetStage,
  unwindStage,
} from './stages/basic-stages.ts';
import { bucketAutoStage, bucketStage, groupStage, sortByCountStage } from './stages/group-stages.ts';
import { graphLookupStage, lookupStage, unionWithStage } from './stages/join-stages.ts';
import { windowStage } from './stages/window-stage.ts';

const facetStage: StageBuilder = (operand, context, compile) => {
  if (!isDocument(operand) || Object.keys(operand).length === 0) {
    throw new CommandError('Location40169', 'the $facet specification must be a non-empty object');
  }
  const facets = Object.entries(operand).map(([name, pipeline]) => {
    for (const stage of Array.isArray(pipeline) ? (pipeline as unknown[]) : []) {
      const first = isDocument(stage) ? (Object.keys(stage)[0] ?? '') : '';
      if (!['$facet', '$out', '$merge'].includes(first)) continue;
      throw new CommandError('Location40600', `${first} is not allowed to be used within a $facet stage`);
    }
    return [name, compile(pipeline, context)] as const;
  });
  return function* facet(input) {
    const documents = [...input];
    yield Object.fromEntries(facets.map(([name, run]) => [name, [...run(documents)]]));
  };
};

const STAGES: Readonly<Record<string, StageBuilder>> = {
  $match: matchStage,
  $sort: sortStage,
  $limit: limitStage,
  $skip: skipStage,
  $project: projectStage,
  $addFields: addFieldsStage,
  $set: addFieldsStage,
  $unset: unsetStage,
  $replaceRoot: replaceRootStage,
  $replaceWith: (operand, context) => replaceWithStage(operand, context),
  $count: countStage,
  $sample: sampleStage,
  $unwind: unwindStage,
  $group: groupStage,
  $sortByCount: sortByCountStage,
  $bucket: bucketStage,
  $bucketAuto: bucketAutoStage,
  $facet: facetStage,
  $lookup: lookupStage,
  $unionWith: unionWithStage,
  $graphLookup: graphLookupStage,
  $setWindowFields: windowStage,
};

/** Stages of MongoDB that this server does not have: refused as such, not as a mistake. */
const NOT_IMPLEMENTED = new Set(
  (
    '$changeStream $collStats $currentOp $densify $documents $fill $geoNear $indexStats ' +
    '$listSessions $merge $out $planCacheStats $redact $search $searchMeta $vectorSearch'
  ).split(' '),
);

/** The stage's name and operand. Throws for what is no stage. */
export function parseStage(stage: unknown): readonly [string, unknown] {
  if (!isDocument(stage)) {
    throw new CommandError('TypeMismatch', "Each element of the 'pipeline' array must be an object");
  }
  const [name = '', ...others] = Object.keys(stage);
  if (name === '' || others.length > 0) {
    throw new CommandError(
      'Location40323',
      'A pipeline stage specification object must contain exactly one field.',
    );
  }
  if (NOT_IMPLEMENTED.has(name)) {
    throw new CommandError('NotImplemented', `The stage ${name} is not supported by the development server`);
  }
  if (!Object.hasOwn(STAGES, name)) {
    throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
  }
  return [name, stage[name]];
}

function* withDeadline(
  input: Iterable<BsonDocument>,
  { deadline }: PipelineContext,
): Generator<BsonDocument> {
  for (const document of input) {
    deadline.check();
    yield document;
  }
}

/** Compiles a pipeline. The clock is looked at between stages, so that one can stop a long run. */
export function compilePipeline(pipeline: unknown, context: PipelineContext): Stage {
  if (!Array.isArray(pipeline)) {
    throw new CommandError('TypeMismatch', "'pipeline' option must be specified as an array");
  }
  const stages = pipeline.map((raw: unknown): Stage => {
    const [name, operand] = parseStage(raw);
    const build = STAGES[name];
    if (build === undefined)
      throw new CommandError('Location40324', `Unrecognized pipeline stage name: '${name}'`);
    return build(operand, context, compilePipeline);
  });
  return (input) =>
    stages.reduce<Iterable<BsonDocument>>(
      (documents, stage) => stage(withDeadline(documents, context)),
      input,
    );
}
