import type { RuleInfo } from '../rule-info.ts';

/** What the check reports of the composition. */
export const compositionRules: readonly RuleInfo[] = [
  {
    id: 'composition-failed',
    judgement: 'composition',
    severity: 'breaking',
    reason: 'Without a supergraph there is nothing that a gateway could serve.',
    isFinal: true,
  },
  {
    id: 'composition-hint',
    judgement: 'composition',
    severity: 'notice',
    reason: 'Subgraphs that disagree within the rules often disagree by mistake.',
  },
  {
    id: 'supergraph-stale',
    judgement: 'composition',
    severity: 'warning',
    reason: 'A gateway that reads the committed supergraph serves something else than the subgraphs say.',
  },
];
