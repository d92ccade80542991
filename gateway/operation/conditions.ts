import {
  Kind,
  visit,
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type OperationDefinitionNode,
} from 'graphql';

import { InputError } from './input-error.ts';

/** The fragments of a document, by name. */
export function listFragments(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  return fragments;
}

/**
 * The variables that decide an `@skip` or `@include` of this operation, sorted. An operation is planned and compiled
 * once for each set of their values, so that neither the plan nor the projection has conditions of its own.
 */
export function listConditionVariables(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly string[] {
  const names = new Set<string>();
  const pending = [operation, ...fragments.values()];
  for (const node of pending)
    visit(node, {
      Directive(directive) {
        if (directive.name.value !== 'skip' && directive.name.value !== 'include') return;
        const value = directive.arguments?.find((argument) => argument.name.value === 'if')?.value;
        if (value?.kind === Kind.VARIABLE) names.add(value.name.value);
      },
    });
  return [...names].sort();
}

/** The names of all fields that an operation names, in fragments too. */
export function listNamedFields(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of [operation, ...fragments.values()])
    visit(node, { Field: ({ name }) => void names.add(name.value) });
  return names;
}

/**
 * The values of these variables as text, so that operations whose conditions have equal values have equal texts. Null is
 * not false: it is refused where it decides.
 */
export function printConditionValues(
  names: readonly string[],
  variables: Readonly<Record<string, unknown>>,
): string {
  let text = '';
  for (const name of names) text += variables[name] === true ? '1' : variables[name] === null ? 'n' : '0';
  return text;
}

/**
 * Whether a selection with these directives is part of the operation, given the values of its variables. Throws an
 * `InputError` where a condition is null.
 */
export function isIncluded(
  directives: readonly (DirectiveNode | ConstDirectiveNode)[] | undefined,
  variables: Readonly<Record<string, unknown>>,
): boolean {
  if (directives === undefined || directives.length === 0) return true;
  // In this order, as graphql-js does it: what is skipped is not asked for its other condition.
  if (readCondition('skip', directives, variables) === true) return false;
  return readCondition('include', directives, variables) !== false;
}

/** Undefined without such a directive. */
function readCondition(
  directiveName: 'skip' | 'include',
  directives: readonly (DirectiveNode | ConstDirectiveNode)[],
  variables: Readonly<Record<string, unknown>>,
): boolean | undefined {
  const directive = directives.find(({ name }) => name.value === directiveName);
  const value = directive?.arguments?.find((argument) => argument.name.value === 'if')?.value;
  if (value?.kind === Kind.BOOLEAN) return value.value;
  if (value?.kind !== Kind.VARIABLE) return undefined;
  const given = variables[value.name.value];
  // A default lets a nullable variable stand here, and null come with it: a field error by
  // https://spec.graphql.org/October2021/#sec-All-Variable-Usages-are-Allowed, and graphql-js has this message for it.
  if (given === null)
    throw new InputError('Argument "if" of non-null type "Boolean!" must not be null.', [value]);
  return given === true;
}
