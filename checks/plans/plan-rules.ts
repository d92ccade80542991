import type { RuleInfo } from '../rule-info.ts';

/** What the check reports of query plans. */
export const planRules: readonly RuleInfo[] = [
  {
    id: 'plan-costlier',
    judgement: 'plans',
    severity: 'warning',
    reason: 'More requests, waves or statements for the same operation make it slower for its clients.',
  },
  {
    id: 'over-budget',
    judgement: 'plans',
    severity: 'warning',
    reason: 'The plan asks a service more often than operations/budgets.json allows.',
  },
  {
    id: 'plan-failed',
    judgement: 'plans',
    severity: 'breaking',
    reason: 'An operation that is valid but has no plan is answered with an error.',
  },
  {
    id: 'key-removed',
    judgement: 'plans',
    severity: 'breaking',
    reason: 'A gateway that still runs the supergraph of before asks a service by the key that it gave up.',
  },
  {
    id: 'field-moved',
    judgement: 'plans',
    severity: 'breaking',
    reason:
      'A gateway that still runs the supergraph of before asks a service for the field that another one answers now.',
  },
  {
    id: 'requires-grown',
    judgement: 'plans',
    severity: 'breaking',
    reason: 'A gateway that still runs the supergraph of before does not send what the field needs now.',
  },
];
