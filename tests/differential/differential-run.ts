import { type GraphQLSchema, execute, parse } from 'graphql';

import type { Engine, EngineName } from '../../gateway/engine.ts';
import { stripAuthorization } from '../../gateway/supergraph/strip-authorization.ts';
import { composeSubgraphs } from '../support/compose-subgraphs.ts';
import { type DeclarativeSubgraph, createPlainSchema } from '../support/declarative-subgraph.ts';
import {
  type ClientAnswer,
  createEngineUnderTest,
  engineFactories,
  listErrorPaths,
  runOperation,
} from '../support/engines-under-test.ts';
import { type SubgraphHost, startSubgraphHost } from '../support/subgraph-host.ts';
import type { DifferentialGraph } from './differential-graph.ts';
import { type GeneratedOperation, generateOperation } from './generate-operation.ts';
import { explainByKnownFaults } from './known-faults.ts';
import { shrinkOperation } from './shrink-operation.ts';

/** What the engines and the plain schema answered to one operation. */
export interface Answers {
  readonly plain: ClientAnswer;
  readonly apollo: ClientAnswer;
  readonly compiled: ClientAnswer | undefined;
}

/** An operation on which the sides do not agree, and why that is no known fault of the reference. */
export interface Difference {
  readonly graph: string;
  readonly seed: number;
  readonly problem: string;
  readonly operation: GeneratedOperation;
  readonly answers: Answers;
}

/** What came of the operation of one seed. */
export interface CheckedOperation {
  /** The known faults of the reference that explain what differs, or why the reference was not compared. */
  readonly knownFaults: readonly string[];
  readonly difference?: Difference;
}

/** Which sides a check asks. */
export interface CheckOptions {
  /** `false` leaves the stock engine out: the compiled engine is held to the plain schema alone. */
  readonly isStockAsked: boolean;
}

/** One supergraph with everything that answers it. */
export class DifferentialRun {
  readonly #graph: DifferentialGraph;
  readonly #host: SubgraphHost;
  readonly #engines: ReadonlyMap<EngineName, Engine>;
  readonly #plain: DeclarativeSubgraph;
  #differences = 0;

  private constructor(
    graph: DifferentialGraph,
    host: SubgraphHost,
    engines: ReadonlyMap<EngineName, Engine>,
    plain: DeclarativeSubgraph,
  ) {
    this.#graph = graph;
    this.#host = host;
    this.#engines = engines;
    this.#plain = plain;
  }

  static async start(graph: DifferentialGraph): Promise<DifferentialRun> {
    // Who may see what comes before every engine; here everybody may see everything.
    const supergraphSdl = stripAuthorization(composeSubgraphs(graph.sdlByName));
    const host = await startSubgraphHost(graph.sdlByName);
    host.load(graph.data);
    const engines = new Map<EngineName, Engine>();
    for (const name of Object.keys(engineFactories) as EngineName[]) {
      engines.set(name, await createEngineUnderTest(name, { supergraphSdl, subgraphUrls: host.urls }));
    }
    const subgraphs = Object.entries(graph.sdlByName).map(([name, sdl]) => ({
      sdl,
      data: graph.data[name] ?? {},
    }));
    const plain = createPlainSchema(getSchema(engines), subgraphs);
    return new DifferentialRun(graph, host, engines, plain);
  }

  /** Runs the operation of a seed on all sides; a difference is shrunk. */
  async check(seed: number, options: CheckOptions = { isStockAsked: true }): Promise<CheckedOperation> {
    const schema = getSchema(this.#engines);
    const operation = generateOperation(schema, this.#graph, seed);
    this.#host.clear();
    const found = await this.#compare(operation, options);
    if (found.kind === 'equal') return { knownFaults: [] };
    if (found.kind === 'known') return { knownFaults: found.names };
    // Shrinking runs the engines many times: the first few differences tell enough.
    const canShrink = this.#differences < 5;
    this.#differences += 1;
    const smallest = !canShrink
      ? operation
      : await shrinkOperation(schema, operation, async (smaller) => {
          const again = await this.#compare(smaller, options);
          return again.kind === 'different' && again.problem === found.problem;
        });
    const { answers } = await this.#compare(smallest, options);
    const difference = {
      graph: this.#graph.name,
      seed,
      problem: found.problem,
      operation: smallest,
      answers,
    };
    return { knownFaults: [], difference };
  }

  async close(): Promise<void> {
    await Promise.all([...this.#engines.values()].map((engine) => engine.close()));
    await this.#host.close();
  }

  async #compare(operation: GeneratedOperation, { isStockAsked }: CheckOptions): Promise<Verdict> {
    const [plain, compiled] = await Promise.all([
      this.#runPlain(operation),
      this.#runEngine('compiled', operation),
    ]);
    // Apollo's planner takes minutes and gigabytes for some. The compiled engine gives up and says so, which is no answer
    // to compare; the stock engine, which has no limit, is not even asked.
    if (
      compiled?.errors?.some(({ extensions }) => extensions?.['code'] === 'OPERATION_PLAN_TIMEOUT') === true
    )
      return {
        kind: 'known',
        names: ['no plan within planTimeoutMs: not compared'],
        answers: { plain, apollo: {}, compiled },
      };
    const apollo = isStockAsked ? await this.#runEngine('apollo', operation) : {};
    if (!apollo) throw new Error('The reference engine is missing');
    const answers = { plain, apollo, compiled };
    const problem = findProblem(answers);
    if (problem) return { kind: 'different', problem, answers };
    if (!isStockAsked) return { kind: 'equal', answers };
    const right = compiled ?? { data: plain.data };
    const names = await explainByKnownFaults({
      operation,
      right,
      stock: apollo,
      areErrorsCompared: compiled !== undefined,
      interfaceObject: this.#graph.interfaceObject,
      runStock: async (other) => (await this.#runEngine('apollo', other)) ?? {},
    });
    if (names === undefined) {
      const isData = writeData(apollo) !== writeData(right);
      const kind = isData ? 'data' : 'error paths';
      return { kind: 'different', problem: `the stock engine differs in ${kind}`, answers };
    }
    return names.length === 0 ? { kind: 'equal', answers } : { kind: 'known', names, answers };
  }

  async #runEngine(name: EngineName, operation: GeneratedOperation): Promise<ClientAnswer | undefined> {
    const engine = this.#engines.get(name);
    if (!engine) return undefined;
    try {
      return await runOperation(engine, operation);
    } catch (error) {
      // A rejection means a broken engine: here it is an answer that equals no other.
      return { errors: [{ message: `The engine rejected: ${String(error)}` }] };
    }
  }

  async #runPlain({ query, variables }: GeneratedOperation): Promise<ClientAnswer> {
    const answer = await execute({
      schema: this.#plain.schema,
      document: parse(query),
      contextValue: { headers: {} },
      variableValues: variables,
      fieldResolver: this.#plain.fieldResolver as never,
    });
    return JSON.parse(JSON.stringify(answer)) as ClientAnswer;
  }
}

type Verdict = { readonly answers: Answers } & (
  | { readonly kind: 'equal' }
  | { readonly kind: 'known'; readonly names: readonly string[] }
  | { readonly kind: 'different'; readonly problem: string }
);

function getSchema(engines: ReadonlyMap<EngineName, Engine>): GraphQLSchema {
  const engine = engines.get('apollo');
  if (!engine) throw new Error('The reference engine is missing');
  return engine.apiSchema;
}

/** Data as text: the order of keys counts. */
const writeData = (answer: ClientAnswer): string => JSON.stringify(answer.data);

/** What is wrong with the compiled engine's answer by the plain schema's; nothing where there is no such engine. */
function findProblem({ compiled, plain }: Answers): string | undefined {
  if (!compiled) return undefined;
  if (writeData(compiled) !== writeData(plain)) {
    return 'the data of the compiled engine are not those of the plain schema';
  }
  const paths = listErrorPaths(compiled);
  const duplicate = paths.find((path, index) => paths.indexOf(path) !== index);
  if (duplicate !== undefined) return 'the compiled engine tells of one path twice';
  const nulls = { plain: listNulls(plain), compiled: listNulls(compiled) };
  if ([...nulls.compiled].some((path) => path.startsWith(notNull))) {
    return 'the compiled engine tells of an error where there is no null';
  }
  if ([...nulls.plain].some((path) => !nulls.compiled.has(path))) return 'the compiled engine hides an error';
  if ([...nulls.compiled].some((path) => !nulls.plain.has(path)))
    return 'the compiled engine makes an error up';
  return undefined;
}

const notNull = 'not null: ';

/**
 * For each error, the place that is null because of it. Where one null has several causes, the engines and the plain
 * schema need not tell of the same ones.
 */
function listNulls(answer: ClientAnswer): Set<string> {
  const places = new Set<string>();
  for (const { path } of [...(answer.errors ?? []), ...(answer.extensions?.valueCompletion ?? [])]) {
    const walked: (string | number)[] = [];
    let value: unknown = answer.data;
    for (const part of path ?? []) {
      if (value === null || value === undefined) break;
      value = (value as Record<string | number, unknown>)[part];
      walked.push(part);
    }
    places.add(`${value === null || value === undefined ? '' : notNull}${walked.join('.')}`);
  }
  return places;
}
