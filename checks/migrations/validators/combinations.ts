import {
  asSchema,
  certain,
  printUnordered,
  uncertain,
  type NarrowingRule,
  type Schema,
} from './narrowing.ts';
import { mayBothBe } from './types.ts';
import { matchesPattern } from './values.ts';

const combinations = ['allOf', 'anyOf', 'oneOf', 'not', 'dependencies'];

/** Tells of another combination of schemas, of which two texts do not tell whether it refuses more. */
export const narrowCombinations: NarrowingRule = ({ before, after, path }) => {
  const isChanged = (keyword: string) => printUnordered(before[keyword]) !== printUnordered(after[keyword]);
  const changed = combinations.filter((keyword) => after[keyword] !== undefined && isChanged(keyword));
  if (isChanged('patternProperties') && !isOnlyWider(before, after)) changed.push('patternProperties');
  return changed.map((keyword) => uncertain(path, `has ${printNew(before, keyword)} from now on`));
};

/** Whether other `patternProperties` refuse nothing: where they are gone, or allow names that a closed object did not. */
function isOnlyWider(before: Schema, after: Schema): boolean {
  const patterns = Object.keys(asSchema(after['patternProperties']));
  const { additionalProperties = true } = after;
  if (patterns.length === 0) return additionalProperties === true;
  const names = Object.keys(asSchema(before['properties']));
  return (
    before['additionalProperties'] === false &&
    before['patternProperties'] === undefined &&
    !patterns.some((pattern) => names.some((name) => matchesPattern(name, pattern)))
  );
}

/** Judges `pattern`: of another one, too, two texts do not tell. */
export const narrowPattern: NarrowingRule = (pair) => {
  const [before, after] = [pair.before['pattern'], pair.after['pattern']];
  if (typeof after !== 'string' || after === before || !mayBothBe(pair, ['string'])) return [];
  return typeof before === 'string'
    ? [uncertain(pair.path, `has to match ${after} from now on, and ${before} before`)]
    : [certain(pair.path, `has to match ${after} from now on`)];
};

function printNew(before: Schema, keyword: string): string {
  if (keyword === 'dependencies' || keyword === 'patternProperties')
    return `${before[keyword] === undefined ? 'new' : 'other'} ${keyword}`;
  return `${before[keyword] === undefined ? 'a new' : 'another'} ${keyword}`;
}
