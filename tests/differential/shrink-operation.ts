import {
  type ASTNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type SelectionSetNode,
  parse,
  print,
  validate,
  visit,
} from 'graphql';

import type { GeneratedOperation } from './generate-operation.ts';

/** Puts every named fragment in its place, so that what is left can be cut selection by selection. */
export function inlineFragments(document: DocumentNode): DocumentNode {
  const fragments = new Map(
    document.definitions.flatMap((node) =>
      node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node]] : [],
    ),
  );
  const inline = (selectionSet: SelectionSetNode): SelectionSetNode =>
    visit(selectionSet, {
      FragmentSpread: {
        leave(node) {
          const fragment = fragments.get(node.name.value);
          if (!fragment) return undefined;
          return {
            kind: Kind.INLINE_FRAGMENT,
            typeCondition: fragment.typeCondition,
            directives: node.directives ?? [],
            selectionSet: inline(fragment.selectionSet),
          };
        },
      },
    });
  return {
    ...document,
    definitions: document.definitions
      .filter((node) => node.kind === Kind.OPERATION_DEFINITION)
      .map((node) => ({ ...node, selectionSet: inline(node.selectionSet) })),
  };
}

/** Every document that has one part less, biggest parts first. */
function* listSmaller(document: DocumentNode): Generator<DocumentNode> {
  let count = 0;
  visit(document, {
    enter(node) {
      if (isRemovable(node.kind)) count += 1;
    },
  });
  for (let target = 0; target < count; target += 1) {
    let index = -1;
    yield visit(document, {
      enter(node) {
        if (!isRemovable(node.kind)) return undefined;
        index += 1;
        if (index !== target) return undefined;
        return null;
      },
    });
  }
}

function isRemovable(kind: Kind): boolean {
  return (
    kind === Kind.FIELD || kind === Kind.INLINE_FRAGMENT || kind === Kind.DIRECTIVE || kind === Kind.ARGUMENT
  );
}

/** Takes away the fragments and variables that nothing uses any more. */
export function dropUnused({ query, variables }: GeneratedOperation): GeneratedOperation {
  const document = parse(query);
  const spread = new Set<string>();
  const used = new Set<string>();
  const follow = (node: ASTNode): void => {
    visit(node, {
      VariableDefinition: () => false,
      Variable({ name }) {
        used.add(name.value);
      },
      FragmentSpread({ name }) {
        if (spread.has(name.value)) return;
        spread.add(name.value);
        const fragment = document.definitions.find(
          (definition) =>
            definition.kind === Kind.FRAGMENT_DEFINITION && definition.name.value === name.value,
        );
        if (fragment) follow(fragment);
      },
    });
  };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.OPERATION_DEFINITION) follow(definition);
  }
  const smaller = visit(document, {
    FragmentDefinition: (node) => (spread.has(node.name.value) ? undefined : null),
    VariableDefinition: (node) => (used.has(node.variable.name.value) ? undefined : null),
  });
  return {
    query: print(smaller),
    variables: Object.fromEntries(Object.entries(variables).filter(([name]) => used.has(name))),
  };
}

/** Cuts an operation down as long as `stillFails` holds for what is left. */
export async function shrinkOperation(
  schema: GraphQLSchema,
  operation: GeneratedOperation,
  stillFails: (smaller: GeneratedOperation) => Promise<boolean>,
): Promise<GeneratedOperation> {
  let smallest = operation;
  const inlined = dropUnused({
    ...operation,
    query: print(inlineFragments(parse(operation.query))),
  });
  if (validate(schema, parse(inlined.query)).length === 0 && (await stillFails(inlined))) smallest = inlined;
  // A bound, because each step runs the engines: what is left after it is small enough to read.
  let attemptsLeft = 400;
  let hasShrunk = true;
  while (hasShrunk && attemptsLeft > 0) {
    hasShrunk = false;
    for (const document of listSmaller(parse(smallest.query))) {
      attemptsLeft -= 1;
      if (attemptsLeft <= 0) break;
      const query = print(document);
      const candidate = isWritable(query) ? dropUnused({ ...smallest, query }) : undefined;
      if (!candidate || validate(schema, parse(candidate.query)).length > 0) continue;
      if (!(await stillFails(candidate))) continue;
      smallest = candidate;
      hasShrunk = true;
      break;
    }
  }
  return smallest;
}

/** Cutting may leave an empty selection set, which does not parse. */
function isWritable(query: string): boolean {
  try {
    parse(query);
    return true;
  } catch {
    return false;
  }
}
