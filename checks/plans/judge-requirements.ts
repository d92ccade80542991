import type { Finding } from '../finding.ts';
import { joinNames } from '../join-names.ts';
import type { GrownRequirement } from '../project/grown-requirements.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { listAskedFields } from './asked-fields.ts';
import type { PlannedOperation } from './plan-operations.ts';

/** Judges a field that needs more of its entity by the plans of before, which do not send it. */
export function judgeRequirement(
  { service, type, field, added, location, baseLocation }: GrownRequirement,
  plans: readonly PlannedOperation[],
  base: Snapshot,
  isConclusive: boolean,
): Finding {
  const schema = base.index.documents.get(service);
  const hits = plans
    .filter(({ plan }) =>
      plan.steps.some(
        (step) =>
          schema !== undefined &&
          step.service === service &&
          listAskedFields(step, schema).some((asked) => asked.type === type && asked.field === field),
      ),
    )
    .map(({ operation }) => operation.hit);
  const names = joinNames(added);
  return {
    rule: 'requires-grown',
    judgement: 'plans',
    severity: hits.length > 0 || !isConclusive ? 'breaking' : 'warning',
    subject: `${service}/${type}.${field}`,
    what: `${type}.${field} of ${service} now requires ${names} as well.`,
    location,
    baseLocation,
    why: `A gateway that runs the supergraph of before does not send ${names}: once ${service} is deployed, its resolver finds nothing there${hits.length > 0 ? '' : isConclusive ? ', though no known operation asks for the field' : ', and no operation is known'}.`,
    hits,
    next: [
      `Publish the supergraph first: the deployed ${service} is sent ${names} and does not look. Deploy ${service} when every gateway has loaded it.`,
      `Or let the resolver of ${type}.${field} do without until then, and accept this finding.`,
    ],
  };
}
