import type { Judgement, Severity } from './finding.ts';

/** What the catalogue says about one kind of finding. */
export interface RuleInfo {
  readonly id: string;
  readonly judgement: Judgement;
  /** The highest severity that it gives; evidence may lower it. */
  readonly severity: Severity;
  /** One sentence: why this is looked for. */
  readonly reason: string;
  /** Set where nobody can live with the finding, because what it is about cannot be deployed at all. */
  readonly isFinal?: true;
}
