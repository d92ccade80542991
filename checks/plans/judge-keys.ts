import type { Required } from '../../gateway/planning/compiled-plan.ts';
import type { Finding } from '../finding.ts';
import type { JudgedOperation } from '../operations/evidence.ts';
import { listTopFields, printKey, type RemovedKey } from '../project/removed-keys.ts';
import type { PlannedOperation } from './plan-operations.ts';

/** Judges a key that a subgraph gives up by the plans of before. */
export function judgeKey(
  key: RemovedKey,
  plans: readonly PlannedOperation[],
  isConclusive: boolean,
): Finding {
  return describeKey(key, findUses(key, plans), isConclusive);
}

/** An operation whose plan asks by the key, and the subgraphs whose answers that fetch waits for. */
interface KeyUse {
  readonly operation: JudgedOperation;
  readonly sources: readonly string[];
}

function findUses(key: RemovedKey, plans: readonly PlannedOperation[]): KeyUse[] {
  return plans.flatMap(({ operation, plan }) => {
    const asking = plan.steps.filter(
      (step) =>
        step.kind === 'entities' &&
        step.service === key.service &&
        step.batches.some(({ targets }) => targets.some(({ requires }) => isAskedBy(key, requires))),
    );
    if (asking.length === 0) return [];
    const services = asking.flatMap(({ after }) => after.map((id) => plan.steps[id]?.service ?? ''));
    return [{ operation, sources: [...new Set(services)].sort() }];
  });
}

/** Whether a representation has the key's fields, and not those of a key that the subgraph still has. */
function isAskedBy({ type, fields, left }: RemovedKey, requires: readonly Required[]): boolean {
  const names = new Set(listSent(requires, type));
  const has = (key: string) => listTopFields(key).every((field) => names.has(field));
  return has(fields) && !left.some(has);
}

function listSent(requires: readonly Required[], type: string): string[] {
  return requires.flatMap((required) => {
    if (required.kind === 'field') return [required.sendAs];
    const isOfType = required.typeCondition === type || required.typeNames.includes(type);
    return isOfType ? listSent(required.requires, type) : [];
  });
}

function describeKey(key: RemovedKey, uses: readonly KeyUse[], isConclusive: boolean): Finding {
  const { service, type, fields, tellers, location, baseLocation } = key;
  const shared = {
    rule: 'key-removed',
    judgement: 'plans',
    subject: `${service}/${printKey(key)}`,
    what: `${service} no longer finds ${type} by @key(fields: ${JSON.stringify(fields)}).`,
    location,
    baseLocation,
    hits: uses.map(({ operation }) => operation.hit),
  } as const;
  if (tellers.length === 0)
    return {
      ...shared,
      severity: 'notice',
      why: `No other subgraph tells ${fields} of ${type}, so no plan ever asked ${service} by it.`,
      next: ['Nothing is to be done.'],
    };
  const next = [
    `Publish the supergraph without the key first, while the deployed ${service} still finds ${type} by it.`,
    `Deploy ${service} without it when every gateway has loaded that supergraph.`,
  ];
  if (uses.length > 0) {
    const sources = [...new Set(uses.flatMap((use) => use.sources))].join(' and ');
    return {
      ...shared,
      severity: 'breaking',
      why: `A gateway asks ${service} for ${type} by it, with what ${sources} told, as long as it runs the supergraph of before: once ${service} is deployed, those fetches fail.`,
      next,
    };
  }
  return {
    ...shared,
    severity: isConclusive ? 'warning' : 'breaking',
    why: `${isConclusive ? 'No known operation needs it, but' : 'No operation is known, and'} a gateway that runs the supergraph of before may ask ${service} by it for another one: ${tellers.join(' and ')} can tell ${fields} of ${type}.`,
    next,
  };
}
