/**
 * The parts of a selection that the asked fields need: what `always` has, and for each field what `byField` has for it.
 * A field that is in neither needs nothing of this row.
 */
export function selectFields<Selection extends object>(
  asked: ReadonlySet<string>,
  always: Selection,
  byField: Readonly<Record<string, Selection>>,
): Selection {
  const selection = { ...always };
  for (const field of asked)
    Object.assign(selection, Object.hasOwn(byField, field) ? byField[field] : undefined);
  return selection;
}
