import { performance } from 'node:perf_hooks';

import type { GraphQLSchema } from 'graphql';

import { judgeApi } from './api/judge-api.ts';
import { judgeAuthorization } from './api/judge-authorization.ts';
import { judgeDeprecation, type FindLineDate } from './api/judge-deprecation.ts';
import { catalogue } from './catalogue.ts';
import { CheckError } from './check-error.ts';
import { acceptedFile, markAccepted, noteUnused, parseAccepted } from './config/accepted-breaks.ts';
import {
  applySwitches,
  checksConfigFile,
  parseChecksConfig,
  type ChecksConfig,
} from './config/checks-config.ts';
import { loadSqlParser } from './databases/parse-sql.ts';
import { loadDatabases, type ServiceDatabase } from './databases/service-database.ts';
import { composeSides, type CheckBase } from './composition/compose-sides.ts';
import { sortByWeight, type Finding } from './finding.ts';
import type { FileTree } from './files/file-tree.ts';
import { compileGlob } from './files/glob.ts';
import type { ReaderContext } from './migrations/find-readers.ts';
import { judgeMigrations } from './migrations/judge-migrations.ts';
import { judgeStep } from './migrations/judge-step.ts';
import { planSafeOrder, type OrderStep } from './migrations/safe-order.ts';
import { gatherEvidence, type Evidence } from './operations/evidence.ts';
import { printOperation, type KnownOperation } from './operations/known-operation.ts';
import { defaultOperationGlobs, loadOperations } from './operations/load-operations.ts';
import { mergeUsage, parseUsage, type Usage } from './operations/usage-file.ts';
import { judgePlans } from './plans/judge-plans.ts';
import { judgeSwap } from './plans/judge-swap.ts';
import { loadSnapshot, type Snapshot } from './project/snapshot.ts';
import { judgeRules } from './rules/judge-rules.ts';

export interface CheckInput {
  readonly base: CheckBase;
  readonly head: FileTree;
  /** Globs of the known operations; default: the configuration's, else those under `operations/`. */
  readonly operations?: readonly string[] | undefined;
  /** Texts and names of usage files; default: the configuration's, else `operations/usage.json` of the head. */
  readonly usage?: readonly { readonly file: string; readonly text: string }[] | undefined;
  /** When a line of the base was written; default: nobody knows. */
  readonly findLineDate?: FindLineDate | undefined;
  /** Report what the rules say of the head even where they said it of the base; default: only what is new. */
  readonly all?: boolean;
  readonly now: Date;
}

/** What the check found. */
export interface CheckReport {
  /** What the head was compared with. */
  readonly base: string;
  /** What the breaking changes were judged by. */
  readonly evidence: string;
  /** Sorted by weight, accepted ones last. */
  readonly findings: readonly Finding[];
  /** The order in which the change can go to production; empty when nothing depends on an order. */
  readonly order: readonly OrderStep[];
  /** What could not be judged and why, and which entries of the configuration do nothing. */
  readonly notes: readonly string[];
  readonly durationMs: number;
}

/** Runs the five judgements. @throws {CheckError} when a file that is needed is missing or bad. */
export async function runCheck(input: CheckInput): Promise<CheckReport> {
  const started = performance.now();
  await loadSqlParser();
  const head = loadSnapshot(input.head);
  const base = input.base.kind === 'tree' ? loadSnapshot(input.base.tree) : undefined;
  const config = parseChecksConfig(head.files.get(checksConfigFile), catalogue);
  const accepted = parseAccepted(head.files.get(acceptedFile), catalogue);
  const notes: string[] = [];
  const graph = composeSides(input.base, base, head, notes);
  const operations = loadBothOperations(
    base,
    head,
    input.operations ?? config.operations ?? defaultOperationGlobs,
  );
  refuseEmptyGlobs(input.operations ?? [], head, base);
  const usage = loadUsage(input, head, config);
  const evidence = graph.base && gatherSides(graph.base.schema, operations, usage);

  const findings = [...graph.findings];
  if (graph.base && graph.head && evidence) {
    const context = {
      base: { schema: graph.base.schema, snapshot: base },
      head: { schema: graph.head.schema, snapshot: head },
      evidence,
    };
    const api = await judgeApi(context, operations.head);
    const { findLineDate = () => Promise.resolve(undefined), now } = input;
    findings.push(
      ...(base === undefined
        ? api
        : await judgeDeprecation(api, base, findLineDate, config.deprecationDays, now)),
      ...judgeAuthorization(graph.base.supergraphSdl, graph.head.supergraphSdl, context),
      ...judgePlans({ ...graph.base, snapshot: base }, { ...graph.head, snapshot: head }, evidence),
      ...(base === undefined ? [] : judgeSwap({ ...graph.base, snapshot: base }, head, evidence)),
    );
  }
  const { databaseFindings, order } = await judgeDatabases(
    base,
    head,
    evidence,
    graph.head?.schema,
    config,
    input,
  );
  findings.push(...databaseFindings);
  const switched = applySwitches(findings, config);
  // Where a side could not be judged, what is accepted there may be needed still.
  if (base !== undefined && graph.base && graph.head) notes.push(...noteUnused(switched, accepted));
  const marked = markAccepted(switched, accepted, input.now);
  return {
    base: base?.label ?? (input.base.kind === 'supergraph' ? input.base.label : ''),
    evidence: evidence?.description ?? 'nothing, because there is no supergraph to judge operations by',
    findings: sortByWeight(marked),
    order,
    notes,
    durationMs: performance.now() - started,
  };
}

interface BothOperations {
  readonly base: readonly KnownOperation[];
  readonly head: ReturnType<typeof loadOperations>;
}

/** Deployed clients send the base's documents; a supergraph as base has none, and the head's take their place. */
function loadBothOperations(
  base: Snapshot | undefined,
  head: Snapshot,
  globs: readonly string[],
): BothOperations {
  const headOperations = loadOperations(head.files, globs);
  return {
    base: base === undefined ? headOperations.operations : loadOperations(base.files, globs).operations,
    head: headOperations,
  };
}

/** A glob that was asked for and finds nothing is a mistake: without operations every break would pass for unused. */
function refuseEmptyGlobs(globs: readonly string[], head: Snapshot, base: Snapshot | undefined): void {
  const files = [...head.files.keys(), ...(base?.files.keys() ?? [])];
  for (const glob of globs)
    if (!files.some(compileGlob(glob)))
      throw new CheckError(
        `--operations ${JSON.stringify(glob)} matches no file; expected a glob of documents such as "operations/**/*.graphql".`,
      );
}

function gatherSides(
  schema: GraphQLSchema,
  { base, head }: BothOperations,
  usage: Usage | undefined,
): Evidence {
  const still = new Set(head.operations.map(printOperation));
  return gatherEvidence(schema, base, (operation) => still.has(printOperation(operation)), usage);
}

function loadUsage(input: CheckInput, head: Snapshot, config: ChecksConfig): Usage | undefined {
  if (input.usage !== undefined)
    return mergeUsage(input.usage.map(({ file, text }) => parseUsage(text, file)));
  const files = config.usage === undefined ? ['operations/usage.json'] : [config.usage].flat();
  const usages = files.flatMap((file) => {
    const text = head.files.get(file);
    if (text !== undefined) return [parseUsage(text, file)];
    if (config.usage === undefined) return [];
    throw new CheckError(`${checksConfigFile} names the usage file ${file}, which does not exist.`);
  });
  return mergeUsage(usages);
}

async function judgeDatabases(
  base: Snapshot | undefined,
  head: Snapshot,
  evidence: Evidence | undefined,
  schema: GraphQLSchema | undefined,
  { tables }: ChecksConfig,
  { all = false }: CheckInput,
): Promise<{ databaseFindings: Finding[]; order: OrderStep[] }> {
  const headDatabases = loadDatabases(head);
  const baseDatabases = base === undefined ? new Map<string, ServiceDatabase>() : loadDatabases(base);
  const rules = judgeRules(
    base === undefined || all ? undefined : { snapshot: base, databases: baseDatabases, tables, schema },
    { snapshot: head, databases: headDatabases, tables, schema },
  );
  const steps = await findNewSteps(
    listStepContexts(base, baseDatabases, evidence, tables),
    listStepContexts(head, headDatabases, evidence, tables),
    all,
  );
  if (base === undefined) return { databaseFindings: [...rules, ...steps], order: [] };
  const { findings, migrations } = judgeMigrations({
    base,
    head,
    baseDatabases,
    headDatabases,
    evidence,
    tables,
  });
  return {
    databaseFindings: [...dropExplained(rules, findings), ...steps, ...findings],
    order: schema === undefined ? [] : planSafeOrder(base, head, migrations, findings),
  };
}

/** A search that lost its index here is told with the index that is dropped, and not once more as a rule. */
function dropExplained(rules: readonly Finding[], migrations: readonly Finding[]): Finding[] {
  const told = new Set(
    migrations
      .filter(({ rule }) => rule === 'index-dropped')
      .flatMap(({ related = [] }) => related.map(({ file, label }) => `${file} ${label}`)),
  );
  return rules.filter(
    ({ rule, subject, location }) =>
      rule !== 'argument-without-index' || !told.has(`${location?.file} ${subject.split(' ').at(-1)}`),
  );
}

function listStepContexts(
  snapshot: Snapshot | undefined,
  databases: ReadonlyMap<string, ServiceDatabase>,
  evidence: Evidence | undefined,
  tables: ChecksConfig['tables'],
): ReadonlyMap<string, ReaderContext> {
  if (snapshot === undefined) return new Map();
  return new Map(
    [...databases].map(([service, database]) => [service, { base: snapshot, database, evidence, tables }]),
  );
}

/** Declarations and migrations out of step, where the base was not so already. */
async function findNewSteps(
  base: ReadonlyMap<string, ReaderContext>,
  head: ReadonlyMap<string, ReaderContext>,
  all: boolean,
): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [service, context] of head) {
    const before = base.get(service);
    if (!all && before !== undefined && isSameDatabase(before.database, context.database)) continue;
    const now = await judgeStep(context);
    if (now.length === 0) continue;
    const known = new Set(
      before === undefined || all ? [] : (await judgeStep(before)).map(({ what }) => what),
    );
    findings.push(...now.filter(({ what }) => !known.has(what)));
  }
  return findings;
}

function isSameDatabase(a: ServiceDatabase, b: ServiceDatabase): boolean {
  const print = ({ declaration, migrations }: ServiceDatabase) => JSON.stringify([declaration, migrations]);
  return print(a) === print(b);
}
