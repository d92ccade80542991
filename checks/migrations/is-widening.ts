/** Changes that PostgreSQL makes in its catalogue alone, and that no reader notices. */
export function isWidening(before: string, after: string): boolean {
  const size = (type: string) => Number(/^varchar\((\d+)\)$/.exec(type)?.[1] ?? Number.NaN);
  if (after === 'text' || after === 'varchar') return /^(text|varchar(\(\d+\))?)$/.test(before);
  if (after === 'numeric' && before.startsWith('numeric(')) return true;
  const [digits, scale] = readNumeric(before);
  const [digitsAfter, scaleAfter] = readNumeric(after);
  return size(after) >= size(before) || (scaleAfter === scale && digitsAfter >= digits);
}

/** Digits and scale of `numeric(10,2)`; of any other type what is equal to nothing. */
function readNumeric(type: string): [digits: number, scale: number] {
  const [, digits, scale] = /^numeric\((\d+),(\d+)\)$/.exec(type) ?? [];
  return [Number(digits ?? Number.NaN), Number(scale ?? Number.NaN)];
}
