import { CommandError } from '../command-error.ts';
import { compilePipeline } from '../aggregate/compile-pipeline.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import type { CommandContext, CommandDefinition } from './command.ts';
import { countOption, documentOption } from './command-options.ts';
import { ownerOf } from './command-owner.ts';
import { pipelineContext } from './run-aggregate.ts';

/** Who is allowed `inprog` sees and ends every operation, anybody else his own. */
function ownerOrAll(context: CommandContext): string | null | undefined {
  const isAllowedAll = context.privileges().some(({ actions }) => actions.has('inprog'));
  return isAllowedAll ? undefined : ownerOf(context);
}

/** An aggregate of the whole server: `$currentOp` and what follows it. */
export function runServerAggregate(context: CommandContext): BsonDocument[] {
  const { command, database, server } = context;
  const { pipeline } = command;
  const [first, ...rest] = Array.isArray(pipeline) ? (pipeline as unknown[]) : [];
  if (database !== 'admin' || !isDocument(first) || !isDocument(first['$currentOp'])) {
    throw new CommandError(
      'NotImplemented',
      'An aggregate on a whole database is not supported by the development server, but for $currentOp on admin',
    );
  }
  const owner = ownerOrAll(context);
  const shown = server.operations
    .list()
    .filter((operation) => owner === undefined || operation.owner === owner)
    .map((operation) => ({
      type: 'op',
      active: true,
      opid: operation.id,
      connectionId: operation.connectionId,
      microsecs_running: Math.round((performance.now() - operation.startedMs) * 1000),
      ...operation.describe(),
    }));
  return [...compilePipeline(rest, pipelineContext(context))(shown)];
}

const killOp: CommandDefinition = {
  name: 'killOp',
  fields: ['op'],
  needs: 'login',
  run(context) {
    context.server.operations.kill(countOption(context.command, 'op', 0), ownerOrAll(context));
    return { info: 'attempting to kill op' };
  },
};

const configureFailPoint: CommandDefinition = {
  name: 'configureFailPoint',
  fields: ['mode', 'data'],
  needs: 'login',
  run({ command, privileges, server }) {
    if (!privileges().some(({ actions }) => actions.has('enableProfiler'))) {
      throw new CommandError('Unauthorized', 'not authorized to execute command configureFailPoint');
    }
    const { mode } = command;
    const data = documentOption(command, 'data');
    const names = data['failCommands'];
    if (
      command['configureFailPoint'] !== 'failCommand' ||
      (data['blockConnection'] !== true && mode !== 'off')
    ) {
      throw new CommandError(
        'NotImplemented',
        'The development server has the fail point failCommand alone, with blockConnection',
      );
    }
    const times = mode === 'off' ? 0 : isDocument(mode) ? countOption(mode, 'times', 0) : Infinity;
    server.failPoint.set(
      Array.isArray(names) ? names.map(String) : [],
      countOption(data, 'blockTimeMS', 0),
      times,
    );
    return {};
  },
};

/** The commands on commands that are being run. */
export const operationCommands: readonly CommandDefinition[] = [killOp, configureFailPoint];
