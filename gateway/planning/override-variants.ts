import { type OverrideLabel, percentOfRequests } from '../supergraph/override-labels.ts';

/**
 * The plans that one operation has because of labels of `@override`: each is for requests that draw less than its
 * percentage, and not less than that of the plan before it.
 */
export interface OverrideVariant {
  /** In (0, 100]; that of the last is 100. */
  readonly belowPercent: number;
  /** The labels that are true, sorted. */
  readonly trueLabels: readonly string[];
}

/**
 * The variants of an operation that names these fields. One number is drawn for a request, and a label is true where it is
 * below the label's percentage: so there are as many plans as percentages, not one for each set of labels, and the request
 * that has a label of 20 percent has all of more.
 */
export function listOverrideVariants(
  labels: readonly OverrideLabel[],
  given: Readonly<Record<string, number>>,
  fieldNames: ReadonlySet<string>,
): readonly OverrideVariant[] {
  const relevant = labels
    .filter(({ isRequired, fieldNames: names }) => isRequired || names.some((name) => fieldNames.has(name)))
    .map((label) => ({ label: label.label, percent: percentOfRequests(label, given) }))
    .filter(({ percent }) => percent > 0);
  const bounds = [...new Set([...relevant.map(({ percent }) => percent), 100])].sort(
    (one, other) => one - other,
  );
  return bounds.map((belowPercent) => ({
    belowPercent,
    trueLabels: relevant
      .filter(({ percent }) => percent >= belowPercent)
      .map(({ label }) => label)
      .sort(),
  }));
}

/** The place of the variant for a request that drew `drawn`, from 0 to below 100. */
export function findOverrideVariant(variants: readonly OverrideVariant[], drawn: number): number {
  const found = variants.findIndex(({ belowPercent }) => drawn < belowPercent);
  return found === -1 ? variants.length - 1 : found;
}
