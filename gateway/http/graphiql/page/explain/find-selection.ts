import { Kind, parse, type DocumentNode, type FieldNode, type SelectionSetNode } from 'graphql';

import type { TracedFetch, TracedStatement } from '../../../../telemetry/trace-report.ts';

/** A part of the document's text, by offsets. */
export interface TextPart {
  readonly start: number;
  readonly end: number;
}

/**
 * The names in a document of the fields that a fetch brought, or those for which it ran a statement: of a statement
 * for `Product.reviews` the fields `reviews`, of one for several (`Product.rating, Product.reviews`) those of all, of one
 * that loads a type all fields of the fetch. Empty when the
 * document has none of them (any more).
 */
export function findSelection(
  query: string,
  operationName: string | undefined,
  fetch: TracedFetch,
  statement?: TracedStatement,
): readonly TextPart[] {
  const document = parseDocument(query);
  if (document === undefined) return [];
  const served = new Set(fetch.fields.length > 0 ? fetch.fields : fetch.paths);
  const fields = listFields(document, operationName).filter(({ path }) => served.has(path));
  const causes = statement?.cause.split(', ').map((cause) => cause.split('.')[1]) ?? [];
  const caused = fields.filter(({ node }) => causes.includes(node.name.value));
  return uniqueParts((caused.length > 0 ? caused : fields).map(({ node }) => nameOf(node)));
}

interface PlacedField {
  readonly path: string;
  readonly node: FieldNode;
}

function parseDocument(query: string): DocumentNode | undefined {
  try {
    return parse(query);
  } catch {
    // It is being edited.
    return undefined;
  }
}

function listFields(document: DocumentNode, operationName: string | undefined): PlacedField[] {
  const fragments = new Map<string, SelectionSetNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION)
      fragments.set(definition.name.value, definition.selectionSet);
  const operation = document.definitions.find(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      (operationName === undefined || definition.name?.value === operationName),
  );
  const found: PlacedField[] = [];
  const walk = (set: SelectionSetNode, path: string, inside: readonly string[]): void => {
    for (const node of set.selections) {
      if (node.kind === Kind.INLINE_FRAGMENT) walk(node.selectionSet, path, inside);
      else if (node.kind === Kind.FRAGMENT_SPREAD) {
        const name = node.name.value;
        const fragment = fragments.get(name);
        // A fragment that contains itself is not valid, and may stand in an editor.
        if (fragment !== undefined && !inside.includes(name)) walk(fragment, path, [...inside, name]);
      } else {
        const own = `${path}${(node.alias ?? node.name).value}`;
        found.push({ path: own, node });
        if (node.selectionSet) walk(node.selectionSet, `${own}.`, inside);
      }
    }
  };
  if (operation?.kind === Kind.OPERATION_DEFINITION) walk(operation.selectionSet, '', []);
  return found;
}

/** With its alias; without arguments and selection. */
function nameOf({ alias, name }: FieldNode): TextPart {
  return { start: (alias ?? name).loc?.start ?? 0, end: name.loc?.end ?? 0 };
}

/** A fragment that is used twice has its fields once in the text. */
function uniqueParts(parts: readonly TextPart[]): readonly TextPart[] {
  return [...new Map(parts.map((part) => [part.start, part])).values()].sort(
    (left, right) => left.start - right.start,
  );
}
