import type { Finding } from '../finding.ts';
import type { Evidence } from '../operations/evidence.ts';
import { listGrownRequirements } from '../project/grown-requirements.ts';
import { listMovedFields } from '../project/moved-fields.ts';
import { listRemovedKeys } from '../project/removed-keys.ts';
import type { Snapshot } from '../project/snapshot.ts';
import { judgeKey } from './judge-keys.ts';
import { judgeMove } from './judge-moves.ts';
import type { PlanSide } from './judge-plans.ts';
import { judgeRequirement } from './judge-requirements.ts';
import { planOperations } from './plan-operations.ts';

/** What subgraphs give up or need from now on, judged by the plans of a gateway that still runs the base's supergraph. */
export function judgeSwap(
  base: PlanSide & { readonly snapshot: Snapshot },
  head: Snapshot,
  evidence: Evidence,
): Finding[] {
  const keys = listRemovedKeys(base.snapshot, head);
  const moves = listMovedFields(base.snapshot, head);
  const requirements = listGrownRequirements(base.snapshot, head);
  const isAskable =
    requirements.length > 0 || moves.length > 0 || keys.some(({ tellers }) => tellers.length > 0);
  const plans = isAskable ? planOperations(base, evidence) : [];
  return [
    ...keys.map((key) => judgeKey(key, plans, evidence.isConclusive)),
    ...moves.flatMap((moved) => judgeMove(moved, plans, base.snapshot, evidence.isConclusive)),
    ...requirements.map((one) => judgeRequirement(one, plans, base.snapshot, evidence.isConclusive)),
  ];
}
