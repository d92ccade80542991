import type { FetchDataRewrite, FetchNode, PlanNode, QueryPlanSelectionNode } from '@apollo/query-planner';
import { Kind, OperationTypeNode, parse, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

import type { KeyRename, Required, RewriteHop, ValueOverride } from './compiled-plan.ts';
import type { PlannedFetch } from './planned-fetch.ts';

/** Every `__typename` that fulfils a type condition. */
export type TypeNamesOf = (typeCondition: string) => readonly string[];

/** Takes the fetches out of the nesting of Apollo's plan, in its order. */
export function listFetches(root: PlanNode, typeNamesOf: TypeNamesOf): readonly PlannedFetch[] {
  const fetches: PlannedFetch[] = [];
  /** Returns the positions of the fetches in `node`. */
  const visitNode = (node: PlanNode, path: readonly string[], before: readonly number[]): number[] => {
    switch (node.kind) {
      case 'Fetch':
        fetches.push(readFetch(node, path, before, typeNamesOf));
        return [fetches.length - 1];
      case 'Flatten':
        return visitNode(node.node, [...path, ...node.path.map(String)], before);
      case 'Parallel':
        return node.nodes.flatMap((child) => visitNode(child, path, before));
      case 'Sequence': {
        const inside: number[] = [];
        for (const child of node.nodes) inside.push(...visitNode(child, path, [...before, ...inside]));
        return inside;
      }
      default:
        // Conditions are decided before planning, and @defer is not enabled.
        throw new Error(`Expected a plan without conditions, found a ${node.kind} node.`);
    }
  };
  visitNode(root, [], []);
  return fetches;
}

function readFetch(
  node: FetchNode,
  path: readonly string[],
  before: readonly number[],
  typeNamesOf: TypeNamesOf,
): PlannedFetch {
  const operation = parseOperation(node.operation);
  if (operation.operation === OperationTypeNode.SUBSCRIPTION)
    throw new Error('Expected a query or a mutation, found a subscription.');
  const rewrites = [...(node.inputRewrites ?? []), ...(node.outputRewrites ?? [])];
  return {
    service: node.serviceName,
    before,
    path,
    operationKind: operation.operation,
    operationName: operation.name?.value,
    selectionSet: node.requires === undefined ? operation.selectionSet : entitySelection(operation),
    variableDefinitions: (operation.variableDefinitions ?? []).filter(
      ({ variable }) => node.requires === undefined || variable.name.value !== 'representations',
    ),
    ...(node.requires && { requires: readRequires(node.requires, typeNamesOf) }),
    overrides: rewrites.flatMap((rewrite) => readOverride(rewrite, typeNamesOf)),
    renames: rewrites.flatMap((rewrite) => readRename(rewrite, typeNamesOf)),
  };
}

function parseOperation(text: string): OperationDefinitionNode {
  const [definition, ...others] = parse(text, { noLocation: true }).definitions;
  if (definition?.kind !== Kind.OPERATION_DEFINITION || others.length > 0)
    throw new Error(`Expected one operation and no fragments in a fetch, found "${text}".`);
  return definition;
}

function entitySelection(operation: OperationDefinitionNode): SelectionSetNode {
  const [field] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD || field.name.value !== '_entities' || field.selectionSet === undefined)
    throw new Error('Expected a fetch with representations to ask for "_entities".');
  return field.selectionSet;
}

function readRequires(
  nodes: readonly QueryPlanSelectionNode[],
  typeNamesOf: TypeNamesOf,
): readonly Required[] {
  return nodes.map((node): Required => {
    if (node.kind === 'InlineFragment') {
      const typeCondition = node.typeCondition ?? '';
      return {
        kind: 'fragment',
        typeCondition,
        typeNames: typeNamesOf(typeCondition),
        requires: readRequires(node.selections, typeNamesOf),
      };
    }
    const key = node.alias ?? node.name;
    return {
      kind: 'field',
      key,
      sendAs: key,
      ...(node.selections && { requires: readRequires(node.selections, typeNamesOf) }),
    };
  });
}

const fragmentPrefix = '... on ';

function readHop(text: string, typeNamesOf: TypeNamesOf): RewriteHop {
  return text.startsWith(fragmentPrefix)
    ? { kind: 'type', typeNames: typeNamesOf(text.slice(fragmentPrefix.length)) }
    : { kind: 'field', key: text };
}

function readOverride(rewrite: FetchDataRewrite, typeNamesOf: TypeNamesOf): ValueOverride[] {
  const key = rewrite.path.at(-1);
  if (rewrite.kind !== 'ValueSetter' || key === undefined) return [];
  const path = rewrite.path.slice(0, -1).map((hop) => readHop(hop, typeNamesOf));
  return [{ path, key, value: rewrite.setValueTo as unknown }];
}

function readRename(rewrite: FetchDataRewrite, typeNamesOf: TypeNamesOf): KeyRename[] {
  const from = rewrite.path.at(-1);
  if (rewrite.kind !== 'KeyRenamer' || from === undefined) return [];
  const path = rewrite.path.slice(0, -1).map((hop) => readHop(hop, typeNamesOf));
  return [{ path, from, to: rewrite.renameKeyTo }];
}
