import type { Finding } from '../finding.ts';
import { joinNames } from '../join-names.ts';
import type { JudgedOperation } from '../operations/evidence.ts';
import type { MovedFields } from '../project/moved-fields.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { listAskedFields } from './asked-fields.ts';
import type { PlannedOperation } from './plan-operations.ts';

/** Judges fields that go from one subgraph to another by the plans of before. */
export function judgeMove(
  moved: MovedFields,
  plans: readonly PlannedOperation[],
  base: Snapshot,
  isConclusive: boolean,
): Finding[] {
  const uses = findUses(moved, plans, base);
  const asked = new Set(uses.flatMap(({ fields }) => fields));
  const fields = moved.fields.filter(({ name, isKey }) => !isKey || asked.has(name)).map(({ name }) => name);
  return fields.length === 0 ? [] : [describeMove(moved, fields, uses, isConclusive)];
}

/** An operation whose plan asks the subgraph for some of the fields. */
interface MoveUse {
  readonly operation: JudgedOperation;
  readonly fields: readonly string[];
}

function findUses(
  { service, type, fields }: MovedFields,
  plans: readonly PlannedOperation[],
  { index }: Snapshot,
): MoveUse[] {
  const schema = index.documents.get(service);
  if (schema === undefined) return [];
  return plans.flatMap(({ operation, plan }) => {
    const asked = plan.steps
      .filter((step) => step.service === service)
      .flatMap((step) => listAskedFields(step, schema))
      .filter((one) => one.type === type);
    const used = fields.filter(({ name, isKey }) =>
      asked.some(({ field, isOfEntity }) => field === name && (isOfEntity || !isKey)),
    );
    return used.length === 0 ? [] : [{ operation, fields: used.map(({ name }) => name) }];
  });
}

function describeMove(
  { service, type, takers, isServiceGone, location, baseLocation }: MovedFields,
  fields: readonly string[],
  uses: readonly MoveUse[],
  isConclusive: boolean,
): Finding {
  const names = joinNames(fields);
  const answerer = joinNames(takers);
  const isUsed = uses.length > 0;
  const gone = isServiceGone ? `${service} is stopped` : `${service} is deployed without ${names}`;
  return {
    rule: 'field-moved',
    judgement: 'plans',
    severity: isUsed || !isConclusive ? 'breaking' : 'warning',
    subject: `${service}/${type}`,
    what: `${names} of ${type} ${fields.length === 1 ? 'goes' : 'go'} from ${service} to ${answerer}.`,
    ...(location && { location }),
    baseLocation,
    why: isUsed
      ? `The clients' schema is the same, but a gateway that runs the supergraph of before asks ${service}: once ${gone}, those fetches fail.`
      : `${isConclusive ? 'No known operation has it asked there' : 'No operation is known'}, but a gateway that runs the supergraph of before asks ${service} for it.`,
    hits: uses.map(({ operation }) => operation.hit),
    next: [
      `Deploy ${answerer} first, with a copy of what ${service} has stored for ${fields.length === 1 ? 'it' : 'them'}, while ${service} still answers; then publish the supergraph; ${isServiceGone ? `stop ${service}` : `deploy ${service} without ${names}`} when every gateway has loaded it.`,
      `Or in two changes: leave ${names} in ${service} and put @override(from: ${JSON.stringify(service)}) on ${fields.length === 1 ? 'it' : 'them'} in ${answerer}, with a label to move some requests first; take away what is in ${service} with the next.`,
    ],
  };
}
