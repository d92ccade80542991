import { Kind, parse, type DocumentNode, type FragmentDefinitionNode, type SelectionSetNode } from 'graphql';

import type { PlanStep } from '../../gateway/planning/compiled-plan.ts';
import { listTypes, namedType } from '../project/subgraph-types.ts';

/** A field that a fetch asks a subgraph for. */
export interface AskedField {
  readonly type: string;
  readonly field: string;
  /** Asked of an entity that was sent, and not of an object that the subgraph gave itself. */
  readonly isOfEntity: boolean;
}

/** What a fetch asks its subgraph for; a field of an interface is asked of each of its types, too. */
export function listAskedFields({ kind, query, ...step }: PlanStep, schema: DocumentNode): AskedField[] {
  const types = listTypes(schema);
  const document = parse(query);
  const fragments = new Map(
    document.definitions
      .filter((node): node is FragmentDefinitionNode => node.kind === Kind.FRAGMENT_DEFINITION)
      .map((node) => [node.name.value, node]),
  );
  const asked: AskedField[] = [];
  const walk = ({ selections }: SelectionSetNode, type: string, isOfEntity: boolean): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value);
        if (fragment) walk(fragment.selectionSet, fragment.typeCondition.name.value, isOfEntity);
      } else if (selection.kind === Kind.INLINE_FRAGMENT)
        walk(selection.selectionSet, selection.typeCondition?.name.value ?? type, isOfEntity);
      else {
        const field = selection.name.value;
        for (const name of [type, ...listImplementations(type)])
          asked.push({ type: name, field, isOfEntity });
        const definition = types.get(type)?.fields.find(({ name }) => name.value === field);
        if (selection.selectionSet)
          walk(selection.selectionSet, definition ? namedType(definition.type) : '', field === '_entities');
      }
    }
  };
  const listImplementations = (name: string): string[] =>
    [...types.values()].filter(({ interfaces }) => interfaces.includes(name)).map((type) => type.name);
  const isMutation = kind === 'root' && 'operationKind' in step && step.operationKind === 'mutation';
  for (const node of document.definitions)
    if (node.kind === Kind.OPERATION_DEFINITION)
      walk(node.selectionSet, isMutation ? 'Mutation' : 'Query', false);
  return asked;
}
