import { OperationTypeNode, validate, type GraphQLSchema } from 'graphql';

import type { Finding } from '../finding.ts';
import type { Evidence, JudgedOperation } from '../operations/evidence.ts';
import { budgetsFile, loadBudgets, type Budgets } from './budgets.ts';
import { createAffectedTest } from './find-affected.ts';
import { createPlanCounter, type PlanCost } from './plan-cost.ts';
import type { Snapshot } from '../project/snapshot.ts';

/** One side of the comparison of plans. */
export interface PlanSide {
  readonly supergraphSdl: string;
  readonly schema: GraphQLSchema;
  readonly snapshot: Snapshot | undefined;
}

/** Compares what each known operation costs before and after; operations that cannot have changed are not planned. */
export function judgePlans(base: PlanSide, head: PlanSide, evidence: Evidence): Finding[] {
  const before = base.snapshot === undefined ? {} : loadBudgets(base.snapshot);
  const after = head.snapshot === undefined ? {} : loadBudgets(head.snapshot);
  const hasPlanChanged =
    base.supergraphSdl === head.supergraphSdl
      ? () => false
      : createAffectedTest(base.supergraphSdl, head.supergraphSdl, base.schema);
  const operations = evidence.operations.filter(
    (operation) =>
      // A subscription has no single answer to count requests for.
      operation.known.operation.operation !== OperationTypeNode.SUBSCRIPTION &&
      (hasPlanChanged(operation) || hasBudgetChanged(operation.known.name, before, after)) &&
      validate(base.schema, operation.known.document).length === 0 &&
      validate(head.schema, operation.known.document).length === 0,
  );
  if (operations.length === 0) return [];
  const countBase = createPlanCounter(base.supergraphSdl);
  const countHead = createPlanCounter(head.supergraphSdl);
  return operations.flatMap((operation) => {
    const { name } = operation.known;
    const old = tryCount(() => countBase.count(operation.known));
    const now = tryCount(() => countHead.count(operation.known));
    if (old instanceof Error) return [];
    if (now instanceof Error) return [describeFailure(operation, now)];
    return [
      ...describeGrowth(operation, old, now, sumStatements(before, name), sumStatements(after, name)),
      ...describeOverBudget(operation, old, now, after),
    ];
  });
}

function hasBudgetChanged(name: string, before: Budgets, after: Budgets): boolean {
  return JSON.stringify(before[name]) !== JSON.stringify(after[name]);
}

function tryCount(count: () => PlanCost): PlanCost | Error {
  try {
    return count();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function sumStatements(budgets: Budgets, name: string): number | undefined {
  const statements = Object.values(budgets[name]?.statements ?? {});
  return statements.length === 0 ? undefined : statements.reduce((sum, count) => sum + count, 0);
}

function describeFailure({ known, hit }: JudgedOperation, error: Error): Finding {
  return {
    rule: 'plan-failed',
    judgement: 'plans',
    severity: 'breaking',
    subject: known.name,
    what: `Operation ${known.name} no longer has a plan: ${error.message}`,
    location: known.location,
    why: 'The gateway answers it with an error instead of data.',
    hits: [hit],
    next: ['Give the types that the operation crosses a @key that both subgraphs can resolve.'],
  };
}

function describeGrowth(
  { known, hit }: JudgedOperation,
  old: PlanCost,
  now: PlanCost,
  oldStatements: number | undefined,
  nowStatements: number | undefined,
): Finding[] {
  const hasMoreStatements =
    oldStatements !== undefined && nowStatements !== undefined && nowStatements > oldStatements;
  if (now.fetches <= old.fetches && now.waves <= old.waves && !hasMoreStatements) return [];
  const statements =
    oldStatements === undefined || nowStatements === undefined
      ? ''
      : `, ${oldStatements} -> ${nowStatements} statements`;
  const services = describeServices(old, now);
  return [
    {
      rule: 'plan-costlier',
      judgement: 'plans',
      severity: 'warning',
      subject: known.name,
      what: `Operation ${known.name}: ${old.fetches} -> ${now.fetches} requests, ${old.waves} -> ${now.waves} waves${statements}.`,
      location: known.location,
      why:
        services === ''
          ? 'The same services are asked, but later or with more work each.'
          : `Requests by service: ${services}.`,
      hits: [hit],
      next: [
        'See whether fields that are read together can stay in one subgraph, or can be given along with @provides.',
        `When the cost is meant, raise the operation in ${budgetsFile} if it has a budget; otherwise nothing is to be done.`,
      ],
    },
  ];
}

function describeServices(old: PlanCost, now: PlanCost): string {
  return [...new Set([...old.fetchesByService.keys(), ...now.fetchesByService.keys()])]
    .map((name) => ({
      name,
      before: old.fetchesByService.get(name) ?? 0,
      after: now.fetchesByService.get(name) ?? 0,
    }))
    .filter(({ before, after }) => before !== after)
    .map(({ name, before, after }) => `${name} ${before} -> ${after}`)
    .join(', ');
}

function describeOverBudget(
  { known, hit }: JudgedOperation,
  old: PlanCost,
  now: PlanCost,
  budgets: Budgets,
): Finding[] {
  const over = Object.entries(budgets[known.name]?.fetches ?? {}).filter(([service, limit]) => {
    const count = now.fetchesByService.get(service) ?? 0;
    return count > limit && count > (old.fetchesByService.get(service) ?? 0);
  });
  return over.map(([service, limit]) => ({
    rule: 'over-budget',
    judgement: 'plans',
    severity: 'warning',
    subject: `${known.name} -> ${service}`,
    what: `Operation ${known.name} makes ${printRequests(now.fetchesByService.get(service) ?? 0)} to ${service}; its budget is ${limit}.`,
    location: known.location,
    why: `${budgetsFile} promises at most ${printRequests(limit)} to ${service}.`,
    hits: [hit],
    next: [`Bring the plan back under the budget, or change ${budgetsFile} in the same change and say why.`],
  }));
}

function printRequests(count: number): string {
  return `${count} request${count === 1 ? '' : 's'}`;
}
