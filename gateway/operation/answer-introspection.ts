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

import type { Selection } from './selection.ts';

/** Answers the `__schema` and `__type` of an operation: JSON text by response name. */
export type AnswerIntrospection = (
  variables: Readonly<Record<string, unknown>>,
) => ReadonlyMap<string, string>;

/** Prepares the answer; undefined when the operation asks for no introspection. Texts without variables are kept. */
export function compileIntrospection(
  selections: readonly Selection[],
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  schema: GraphQLSchema,
): AnswerIntrospection | undefined {
  const nodes = [...listIntrospection(selections)];
  if (nodes.length === 0) return undefined;
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
    if (errors !== undefined) throw new AggregateError(errors, 'Introspection failed.');
    return new Map(Object.entries(data ?? {}).map(([name, value]) => [name, JSON.stringify(value)]));
  };
  if ((operation.variableDefinitions ?? []).length > 0) return answer;
  let kept: ReadonlyMap<string, string> | undefined;
  return (variables) => (kept ??= answer(variables));
}

function* listIntrospection(selections: readonly Selection[]): Generator<FieldNode> {
  for (const selection of selections) {
    if (selection.kind === 'field' && selection.introspection !== undefined) yield selection.introspection;
    else yield* listIntrospection(selection.selections ?? []);
  }
}
