import { z } from 'zod';

interface Problem {
  readonly code?: string | undefined;
  readonly path: readonly PropertyKey[];
  readonly message: string;
  /** What each choice of a union had against the value. */
  readonly errors?: readonly (readonly Problem[])[];
}

/**
 * The problems that a shape found in a file, one a line. Of a union its first choice is told, the usual one; of an
 * unknown key, with the shape, the keys that there are.
 */
export function printProblems(issues: readonly Problem[], shape?: z.ZodType): string {
  return issues
    .flatMap((issue) => expand(issue))
    .map((issue) => `  ${printPath(issue.path)}: ${issue.message}${printKeys(issue, shape)}`)
    .join('\n');
}

function expand(issue: Problem): Problem[] {
  const [first] = issue.errors ?? [];
  if (first === undefined) return [issue];
  return first.flatMap((inner) => expand({ ...inner, path: [...issue.path, ...inner.path] }));
}

function printKeys({ code, path }: Problem, shape: z.ZodType | undefined): string {
  if (code !== 'unrecognized_keys' || shape === undefined) return '';
  // A shape with an id is a reference to its only definition.
  const { $defs, ...plain } = z.toJSONSchema(shape, { io: 'input' }) as SchemaNode;
  const [root = plain] = Object.values($defs ?? {});
  const keys = Object.keys(path.reduce(stepInto, root).properties ?? {});
  return keys.length === 0 ? '' : `; expected: ${keys.join(', ')}`;
}

/** What is looked at of a JSON Schema. */
interface SchemaNode {
  readonly $defs?: Readonly<Record<string, SchemaNode>>;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

function stepInto(node: SchemaNode, key: PropertyKey): SchemaNode {
  if (typeof key === 'number') return firstChoice(node.items ?? {});
  return firstChoice(node.properties?.[String(key)] ?? node.additionalProperties ?? {});
}

function firstChoice(node: SchemaNode): SchemaNode {
  return node.anyOf?.[0] ?? node;
}

function printPath(segments: readonly PropertyKey[]): string {
  const text = segments
    .map((segment) => (typeof segment === 'number' ? `[${segment}]` : `.${String(segment)}`))
    .join('');
  return text === '' ? '(the whole file)' : text.replace(/^\./, '');
}
