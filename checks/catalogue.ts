import { apiRules } from './api/api-rules.ts';
import { compositionRules } from './composition/composition-rules.ts';
import { migrationRules } from './migrations/migration-rules.ts';
import { planRules } from './plans/plan-rules.ts';
import type { RuleInfo } from './rule-info.ts';
import { deprecationBeforeRemoval } from './rules/deprecation-before-removal.ts';
import { schemaRules } from './rules/rules.ts';

/** Every kind of finding, in the order of the judgements. Its ids are what configuration and acceptances name. */
export const catalogue: readonly RuleInfo[] = [
  ...compositionRules,
  ...apiRules,
  deprecationBeforeRemoval,
  ...schemaRules,
  ...migrationRules,
  ...planRules,
];

/** The findings that no configuration lowers and nobody can accept. */
export const finalRules: readonly string[] = catalogue.flatMap(({ id, isFinal }) => (isFinal ? [id] : []));
