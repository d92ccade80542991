import {
  executeSync,
  Kind,
  OperationTypeNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type OperationDefinitionNode,
} from 'graphql';

import { InputError } from './input-error.ts';
import { restoreLiterals } from './literal-defaults.ts';
import type { Selection } from './selection.ts';

/** Answers the `__schema` and `__type` of an operation: JSON text by place (see `placeOf`). */
export type AnswerIntrospection = (
  variables: Readonly<Record<string, unknown>>,
) => ReadonlyMap<string, string>;

/**
 * Prepares the answer; undefined when the operation asks for no introspection. Texts without variables are kept. The
 * answer throws an `InputError` where null came for what may not be null.
 */
export function compileIntrospection(
  selections: readonly Selection[],
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  schema: GraphQLSchema,
): AnswerIntrospection | undefined {
  const found = [...listIntrospection(selections, '')];
  if (found.length === 0) return undefined;
  const places = [...new Set(found.map(({ place }) => place))];
  // Two places may give one name to different types: a field may lead back to the query root.
  const nodes = found.map(({ place, node }): FieldNode => ({
    ...node,
    alias: { kind: Kind.NAME, value: `place_${places.indexOf(place)}` },
  }));
  const document: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        kind: Kind.OPERATION_DEFINITION,
        operation: OperationTypeNode.QUERY,
        ...(operation.variableDefinitions && { variableDefinitions: operation.variableDefinitions }),
        selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
      },
      ...fragments.values(),
    ],
  };
  const answer: AnswerIntrospection = (variables) => {
    const { data, errors } = executeSync({ schema, document, variableValues: variables });
    // The document is valid, so it can only be the variables.
    const [error] = errors ?? [];
    if (error !== undefined) throw new InputError(error.message, error.nodes);
    return new Map(
      places.flatMap((place, index) => {
        const value = data?.[`place_${index}`];
        return value === undefined ? [] : [[place, JSON.stringify(value, restoreText)]];
      }),
    );
  };
  if ((operation.variableDefinitions ?? []).length > 0) return answer;
  let kept: ReadonlyMap<string, string> | undefined;
  return (variables) => (kept ??= answer(variables));
}

function restoreText(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? restoreLiterals(value) : value;
}

/** The place of a field of introspection: the keys of the fields above it, and its response name. */
export function placeOf(parentPath: string, responseName: string): string {
  return parentPath === '' ? responseName : `${parentPath}.${responseName}`;
}

function* listIntrospection(
  selections: readonly Selection[],
  path: string,
): Generator<{ place: string; node: FieldNode }> {
  for (const selection of selections) {
    if (selection.kind === 'fragment') yield* listIntrospection(selection.selections, path);
    else if (selection.introspection === undefined)
      yield* listIntrospection(selection.selections ?? [], placeOf(path, selection.key));
    else yield { place: placeOf(path, selection.responseName), node: selection.introspection };
  }
}
