import type { RuleInfo } from '../rule-info.ts';

/**
 * Fields and values are deprecated for a while before they go. It compares two sides, so it is judged beside the API
 * (`checks/api/judge-deprecation.ts`) and not on one side like the other rules.
 */
export const deprecationBeforeRemoval: RuleInfo = {
  id: 'deprecation-before-removal',
  judgement: 'rules',
  severity: 'warning',
  reason: 'A client that is not in the repository hears of a removal only by its deprecation.',
};
