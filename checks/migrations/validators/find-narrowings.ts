import { narrowItems } from './items.ts';
import { narrowLimits } from './limits.ts';
import { isFree, type Narrowing, type NarrowingRule, type Schema, type SchemaPair } from './narrowing.ts';
import { narrowObjects } from './objects.ts';
import { narrowTypes } from './types.ts';
import { narrowCombinations, narrowPattern } from './combinations.ts';
import { listValues, narrowListed, narrowToListed } from './values.ts';

/** The order is that of the sentences about one place. */
const rules: readonly NarrowingRule[] = [
  narrowTypes,
  narrowLimits,
  narrowPattern,
  narrowCombinations,
  narrowObjects,
  narrowItems,
];

/** What the schema `after` refuses that `before` allowed, at any depth. */
export function findNarrowings(
  before: Schema,
  after: Schema,
  isNamedInCode: (name: string) => boolean,
): Narrowing[] {
  return judgeRules({ before, after, path: '', isNamedInCode });
}

/** Judges the two schemas of a place below the document. */
function judgePlace(pair: SchemaPair): Narrowing[] {
  const { before, after, path } = pair;
  // Free schemas have free items: without this, lists in lists would have no end.
  if (isFree(after)) return [];
  if (isFree(before)) {
    const found = judgeValues(pair);
    // All that it says is new, so one sentence is enough.
    const what = 'has rules from now on, and could be anything before';
    return found.length === 0 ? [] : [{ path, what, isCertain: found.some(({ isCertain }) => isCertain) }];
  }
  return judgeValues(pair);
}

function judgeValues(pair: SchemaPair): Narrowing[] {
  const values = listValues(pair.before);
  if (values !== undefined) return [...narrowListed(pair, values), ...narrowCombinations(pair, judgePlace)];
  const listed = narrowToListed(pair);
  return listed.length > 0 ? listed : judgeRules(pair);
}

function judgeRules(pair: SchemaPair): Narrowing[] {
  return rules.flatMap((rule) => rule(pair, judgePlace));
}
