/** The problems that a shape found in a file, one a line. */
export function printProblems(
  issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
): string {
  return issues.map((issue) => `  ${printPath(issue.path)}: ${issue.message}`).join('\n');
}

function printPath(segments: readonly PropertyKey[]): string {
  const text = segments
    .map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${String(segment)}`))
    .join('');
  return text === '' ? '(the whole file)' : text.replace(/^\./, '');
}
