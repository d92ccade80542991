import { printValue } from '../values/print-value.ts';
import { CommandError } from '../command-error.ts';
import { newStatistics, type FindStatistics } from '../query/find-documents.ts';
import { splitLeadingMatch } from '../aggregate/stages/join-stages.ts';
import { type BsonDocument, isDocument } from '../values/bson-document.ts';
import { type CommandContext, type CommandDefinition, findCollection } from './command.ts';
import { documentOption } from './command-options.ts';
import { runCount, runFind } from './read-commands.ts';
import { findIn, runAggregate } from './run-aggregate.ts';

function inner(context: CommandContext): CommandContext {
  const command = documentOption(context.command, 'explain');
  const [name = ''] = Object.keys(command);
  return { ...context, name, command, statistics: newStatistics() };
}

function countOf(documents: Iterable<BsonDocument>): number {
  let count = 0;
  for (const document of documents) if (document !== undefined) count += 1;
  return count;
}

function runStatement(context: CommandContext, filter: unknown, isMulti: boolean): number {
  if (!isDocument(filter)) throw new CommandError('FailedToParse', 'The statement to explain needs a filter');
  const collection = findCollection(context);
  const found = findIn(context, collection, filter, { statistics: context.statistics });
  if (isMulti) return countOf(found);
  return found.next().done === true ? 0 : 1;
}

/** Runs what is explained, without writing, so that its statistics are true. Returns its rows. */
function run(context: CommandContext): number {
  const { command } = context;
  const statements: unknown = command['updates'] ?? command['deletes'];
  const first: unknown = Array.isArray(statements) ? statements[0] : undefined;
  const statement = isDocument(first) ? first : {};
  switch (context.name) {
    case 'find':
      return runFind(context).length;
    case 'aggregate':
      return runAggregate(context, findCollection(context), command['pipeline']).length;
    case 'count':
      return runCount(context);
    case 'distinct':
      return runStatement(context, command['query'] ?? {}, true);
    case 'findAndModify':
      return runStatement(context, command['query'] ?? {}, false);
    case 'update':
      return runStatement(context, statement['q'], statement['multi'] === true);
    case 'delete':
      return runStatement(context, statement['q'], statement['limit'] !== 1);
    default:
      throw new CommandError('CommandNotFound', `Explain failed due to unknown command: ${context.name}`);
  }
}

function stageOf(statistics: FindStatistics, filter: unknown): BsonDocument {
  const { sorted } = statistics;
  const inputStage = searchOf(statistics, filter);
  return sorted === null ? inputStage : { stage: 'SORT', sortPattern: sorted, inputStage };
}

function searchOf(statistics: FindStatistics, filter: unknown): BsonDocument {
  const { plan, indexName, keyPattern, direction } = statistics;
  if (plan === 'COLLSCAN' || plan === 'EOF') return { stage: plan, filter, direction: 'forward' };
  const inputStage = { stage: plan, indexName, keyPattern: keyPattern ?? {}, direction };
  return plan === 'TEXT_MATCH' ? { stage: plan, indexName } : { stage: 'FETCH', filter, inputStage };
}

function filterOf({ name, command }: CommandContext): unknown {
  if (name !== 'aggregate') return command['filter'] ?? command['query'] ?? {};
  return splitLeadingMatch(Array.isArray(command['pipeline']) ? command['pipeline'] : []).filter;
}

/** How a command is answered: IXSCAN or COLLSCAN, and how many documents it looks at. */
export const explainCommand: CommandDefinition = {
  name: 'explain',
  fields: ['verbosity'],
  needs: 'find',
  run(context) {
    const explained = inner(context);
    const nReturned = run(explained);
    const { statistics } = explained;
    return {
      explainVersion: '1',
      queryPlanner: {
        namespace: `${context.database}.${printValue(explained.command[explained.name])}`,
        parsedQuery: filterOf(explained),
        winningPlan: stageOf(statistics, filterOf(explained)),
        rejectedPlans: [],
      },
      executionStats: {
        executionSuccess: true,
        nReturned,
        totalKeysExamined: statistics.keysExamined,
        totalDocsExamined: statistics.documentsExamined,
      },
    };
  },
};
