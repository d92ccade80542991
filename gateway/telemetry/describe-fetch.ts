import type { SkippedFetch, TracedFetch } from './trace-report.ts';

/** What a fetch serves, as short as it stays clear: `product { inStock }` for entities, root fields by their names. */
export function describeFetch({ paths, fields }: Pick<TracedFetch, 'paths' | 'fields'>): string {
  if (paths.length === 0) return fields.filter((field) => !field.includes('.')).join(', ');
  const names = new Set(paths.map((path) => path.slice(path.lastIndexOf('.') + 1)));
  const inside = new Set(
    fields
      .filter((field) => paths.includes(field.slice(0, field.lastIndexOf('.'))))
      .map((field) => field.slice(field.lastIndexOf('.') + 1)),
  );
  return `${[...names].join(', ')} { ${inside.size === 0 ? 'what others require' : [...inside].join(' ')} }`;
}

/** Why a fetch of the plan was not sent. */
export function describeSkipped({ service, known }: Pick<SkippedFetch, 'service' | 'known'>): string {
  if (known === 0) return 'there was no entity to ask for';
  return `${service} had told the same of ${known === 1 ? 'the only object' : `all ${known} objects`} before, in this query`;
}

/** `1 fetch`, `2 fetches`: a count with its word. */
export function printCount(count: number, word: string, words = `${word}s`): string {
  return `${count} ${count === 1 ? word : words}`;
}
