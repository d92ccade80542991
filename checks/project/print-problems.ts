interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** What each choice of a union had against the value. */
  readonly errors?: readonly (readonly Problem[])[];
}

/** The problems that a shape found in a file, one a line. Of a union its first choice is told, the usual one. */
export function printProblems(issues: readonly Problem[]): string {
  return issues
    .flatMap((issue) => expand(issue))
    .map((issue) => `  ${printPath(issue.path)}: ${issue.message}`)
    .join('\n');
}

function expand(issue: Problem): Problem[] {
  const [first] = issue.errors ?? [];
  if (first === undefined) return [issue];
  return first.flatMap((inner) => expand({ ...inner, path: [...issue.path, ...inner.path] }));
}

function printPath(segments: readonly PropertyKey[]): string {
  const text = segments
    .map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${String(segment)}`))
    .join('');
  return text === '' ? '(the whole file)' : text.replace(/^\./, '');
}
