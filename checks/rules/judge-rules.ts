import type { Finding } from '../finding.ts';
import { fingerprintOf } from '../finding.ts';
import { schemaRules } from './rules.ts';
import type { Rule, RuleContext } from './rule.ts';

/** What the rules say of the head and did not say of the base: old debts do not stop a new change. */
export function judgeRules(base: RuleContext | undefined, head: RuleContext): Finding[] {
  const known = new Set(base === undefined ? [] : runRules(base).map(fingerprintOf));
  return runRules(head).filter((finding) => !known.has(fingerprintOf(finding)));
}

function runRules(context: RuleContext): Finding[] {
  return schemaRules.flatMap((rule) => runRule(rule, context));
}

function runRule(rule: Rule, context: RuleContext): Finding[] {
  return [...rule.check(context)].map(({ severity, hits, related, ...violation }) => ({
    ...violation,
    rule: rule.id,
    judgement: 'rules',
    severity: severity ?? rule.severity,
    hits: hits ?? [],
    ...(related === undefined ? {} : { related }),
  }));
}
