import { createHash } from 'node:crypto';

import { Kind, parse, type GraphQLSchema } from 'graphql';
import { Supergraph } from '@apollo/federation-internals';

import { runCheck, type CheckReport } from '../../../checks/check.ts';
import type { Finding } from '../../../checks/finding.ts';
import { UsageCounts } from '../../../gateway/usage/count-usage.ts';
import { composeSupergraph } from '../../../gateway/supergraph/compose-supergraph.ts';
import type { DifferentialGraph } from '../../differential/differential-graph.ts';
import { generateOperation, type GeneratedOperation } from '../../differential/generate-operation.ts';
import { Random } from '../../differential/random.ts';
import { changeModel } from './change-model.ts';
import { tryOldClient, type Outcome } from './old-client.ts';
import { printSubgraph } from './print-subgraphs.ts';
import { makeModel, type SchemaModel } from './schema-model.ts';

const operationsOfASeed = 5;
const changesOfASeed = 3;
const triesOfVariables = 200;
const now = new Date('2026-11-22T12:00:00Z');
const dayMs = 86_400_000;

const graph: DifferentialGraph = {
  name: 'random',
  sdlByName: {},
  data: {},
  argumentValues: {},
  hostileNames: ['id'],
};

/** One side: the schemas of its subgraphs, and what they compose to. */
interface Side {
  readonly sdl: Readonly<Record<'a' | 'b', string>>;
  readonly supergraphSdl: string;
  readonly schema: GraphQLSchema;
}

/** What the check and graphql-js do not agree on. */
export interface Disagreement {
  readonly problem: string;
  readonly evidence: string;
}

function compose(model: SchemaModel): Side | undefined {
  const sdl = { a: printSubgraph(model, 'a'), b: printSubgraph(model, 'b') };
  const outcome = composeSupergraph(
    Object.entries(sdl).map(([name, text]) => ({ name, sdl: text, url: `http://${name}:4001/graphql` })),
  );
  if (outcome.kind === 'failed') return undefined;
  const { supergraphSdl } = outcome;
  const schema = Supergraph.build(supergraphSdl, { supportedFeatures: null, validateSupergraph: false })
    .apiSchema()
    .toGraphQLJSSchema();
  return { sdl, supergraphSdl, schema };
}

/** Makes a project, operations that it accepts, and changes of it; compares what the check says of each with graphql-js. */
export async function findDisagreements(seed: number): Promise<Disagreement[]> {
  const random = new Random(seed);
  const { model, side: base } = retry(() => {
    const model = makeModel(random);
    const side = compose(model);
    return side && { model, side };
  });
  const operations = Array.from({ length: operationsOfASeed }, (_, at) =>
    nameOperation(base.schema, seed, at),
  );
  const found: Disagreement[] = [];
  for (let change = 0; change < changesOfASeed; change += 1) {
    const head = retry(() => {
      const side = compose(changeSome(model, random));
      return side?.supergraphSdl === base.supergraphSdl ? undefined : side;
    });
    found.push(...(await compareVerdicts(base, head, operations, random)));
  }
  return found;
}

function changeSome(model: SchemaModel, random: Random): SchemaModel {
  const changed = structuredClone(model);
  for (let times = random.chance(0.7) ? 1 : random.integer(2, 4); times > 0; times -= 1)
    changeModel(changed, random);
  return changed;
}

/** What is made at random often does not compose: fields that cannot be reached, inputs that one subgraph lacks. */
function retry<Made>(make: () => Made | undefined): Made {
  for (let tries = 0; tries < 500; tries += 1) {
    const made = make();
    if (made !== undefined) return made;
  }
  throw new Error('Nothing that was made at random composes.');
}

function nameOperation(schema: GraphQLSchema, seed: number, at: number): GeneratedOperation {
  const { query, variables } = generateOperation(schema, graph, seed * 100 + at);
  return { query: query.replace(/^query( Generated)?/, `query Old${at}`), variables };
}

async function compareVerdicts(
  base: Side,
  head: Side,
  operations: readonly GeneratedOperation[],
  random: Random,
): Promise<Disagreement[]> {
  const byDocument = await check(base, head, operations, undefined);
  const byUsage = await check(base, head, [], countUsage(base.schema, operations));
  return operations.flatMap(({ query, variables }, at) => {
    const run = (tries: number) =>
      tryOldClient(base.schema, head.schema, parse(query), variables, random, tries);
    // What was never counted is proven unused, so that by its usage a client sends what it sent and nothing else.
    const [outcome, asCounted] = [run(triesOfVariables), run(0)];
    const problems = [
      ...judgeVerdict(outcome, listNaming(byDocument, `Old${at}`), 'by its document'),
      ...findSilence(asCounted, listNaming(byUsage, `client${at}`), 'by its usage'),
    ];
    return problems.map((problem) => ({
      problem,
      evidence: `${query}\n${printDifference(base, head)}\n${listNaming(byDocument, `Old${at}`)
        .map(({ severity, what }) => `${severity}: ${what}`)
        .join('\n')}`,
    }));
  });
}

async function check(
  base: Side,
  head: Side,
  operations: readonly GeneratedOperation[],
  usage: string | undefined,
): Promise<CheckReport> {
  const files = (side: Side) =>
    new Map([
      ['freehold.json', JSON.stringify({ subgraphs: [{ name: 'a' }, { name: 'b' }] })],
      ['subgraphs/a/schema.graphql', side.sdl.a],
      ['subgraphs/b/schema.graphql', side.sdl.b],
      ['supergraph.graphql', side.supergraphSdl],
      ...operations.map(({ query }, at): [string, string] => [`operations/web/old${at}.graphql`, query]),
    ]);
  return await runCheck({
    base: { kind: 'tree', tree: { label: 'base', files: files(base) } },
    head: { label: 'head', files: files(head) },
    usage: usage === undefined ? [] : [{ file: 'usage.json', text: usage }],
    now,
  });
}

/** What a gateway writes of these operations, each sent by a client of its own. */
function countUsage(schema: GraphQLSchema, operations: readonly GeneratedOperation[]): string {
  const counts = new UsageCounts(now.getTime() - 30 * dayMs);
  for (const [at, { query, variables }] of operations.entries()) {
    const document = parse(query);
    const operation = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
    if (operation?.kind !== Kind.OPERATION_DEFINITION) continue;
    const queryHash = createHash('sha256').update(query).digest('hex');
    counts.count({ schema, queryHash, document, operation, variables, client: `client${at}` }, now.getTime());
  }
  return JSON.stringify(counts.print(now.getTime(), 90));
}

/** The findings on the API that name the operation or client. */
function listNaming({ findings }: CheckReport, name: string): Finding[] {
  return findings.filter(
    ({ judgement, hits }) =>
      judgement === 'api' &&
      hits.some(
        ({ operation, clients }) => operation === name || clients.some((client) => client.name === name),
      ),
  );
}

function judgeVerdict(outcome: Outcome, naming: readonly Finding[], how: string): string[] {
  const silence = findSilence(outcome, naming, how);
  if (silence.length > 0 || outcome.breaks.length > 0) return silence;
  return naming
    .filter(({ severity, what }) => severity === 'breaking' && !isBeyondGraphql(what))
    .map(({ what }) => `false alarm: ${what}`);
}

/**
 * A type in place of another: that a value which is written out fits both, as RED does two enums, is chance, and what a
 * service makes of the values of a custom scalar GraphQL does not tell. The check says that it may break.
 */
function isBeyondGraphql(what: string): boolean {
  const [, before, after] = / was (\S+) and is now (\S+)\.$/.exec(what) ?? [];
  const name = (type: string | undefined) => type?.replaceAll(/[[\]!]/g, '');
  return what.endsWith('is now a scalar.') || name(before) !== name(after);
}

function findSilence({ breaks, surprises }: Outcome, naming: readonly Finding[], how: string): string[] {
  const isTold = (severities: readonly string[]) =>
    naming.some(({ severity }) => severities.includes(severity));
  if (breaks.length > 0) return isTold(['breaking']) ? [] : [`silence ${how}: ${breaks.join('; ')}`];
  if (surprises.length === 0 || isTold(['breaking', 'warning'])) return [];
  return [`silence of a surprise ${how}: ${surprises.join('; ')}`];
}

function printDifference(base: Side, head: Side): string {
  const lines = (side: Side) => `${side.sdl.a}\n${side.sdl.b}`.split('\n');
  const [before, after] = [lines(base), lines(head)];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `- ${line.trim()}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+ ${line.trim()}`),
  ].join('\n');
}
