import { ChangeType, type SerializableChange } from '@graphql-inspector/core';

import type { ApiChange } from './api-change.ts';
import type { DescribeContext } from './describe-change.ts';
import { isRefused } from './is-refused.ts';

/** Changes of directives that operations use; undefined for any other change. */
export function describeDirectiveChange(
  change: SerializableChange,
  context: DescribeContext,
): ApiChange | undefined {
  if (change.type === ChangeType.DirectiveRemoved) {
    const name = `@${change.meta.removedDirectiveName}`;
    return {
      rule: 'directive-removed',
      subject: name,
      what: `Directive ${name} is gone.`,
      effect: 'GraphQL refuses an operation that uses it.',
      kind: 'break',
      isHit: (operation) => operation.used.has(name),
      next: [`Keep ${name} until no operation uses it.`],
    };
  }
  const told = tellRefused(change);
  if (told === undefined) return undefined;
  const [directive, part, what] = told;
  const name = `@${directive}`;
  return {
    rule: 'directive-changed',
    subject: `${name}${part}`,
    what,
    effect: 'GraphQL refuses an operation that uses the directive as it was.',
    kind: 'break',
    // Which of its uses is refused depends on place and arguments: the schema itself tells.
    isHit: ({ used, known }) => used.has(name) && isRefused(context.head, known.document),
    usageCoordinates: [name],
    next: [`Keep ${name} as it was until no operation uses it so, or make a directive of another name.`],
  };
}

/** The directive, the part of it and what becomes of that; undefined for what no operation can notice. */
function tellRefused(
  change: SerializableChange,
): [directive: string, part: string, what: string] | undefined {
  switch (change.type) {
    case ChangeType.DirectiveLocationRemoved: {
      const { directiveName: name, removedDirectiveLocation: place } = change.meta;
      return [name, `(on ${place})`, `Directive @${name} may no longer stand on ${place}.`];
    }
    case ChangeType.DirectiveRepeatableRemoved: {
      const { directiveName: name } = change.meta;
      return [name, '(repeatable)', `Directive @${name} may no longer be repeated in one place.`];
    }
    case ChangeType.DirectiveArgumentRemoved: {
      const { directiveName: name, removedDirectiveArgumentName: argument } = change.meta;
      return [name, `(${argument}:)`, `Directive @${name} no longer has the argument ${argument}.`];
    }
    case ChangeType.DirectiveArgumentTypeChanged: {
      const { directiveName: name, directiveArgumentName: argument, newDirectiveArgumentType } = change.meta;
      if (change.meta.isSafeDirectiveArgumentTypeChange) return undefined;
      return [
        name,
        `(${argument}:)`,
        `Argument ${argument} of directive @${name} was ${change.meta.oldDirectiveArgumentType} and is now ${newDirectiveArgumentType}.`,
      ];
    }
    case ChangeType.DirectiveArgumentAdded: {
      const { directiveName: name, addedDirectiveArgumentName: argument, addedToNewDirective } = change.meta;
      const isOptional =
        !change.meta.addedDirectiveArgumentTypeIsNonNull ||
        change.meta.addedDirectiveDefaultValue !== undefined;
      if (addedToNewDirective || isOptional) return undefined;
      return [name, `(${argument}:)`, `Directive @${name} has a new required argument ${argument}.`];
    }
    default:
      return undefined;
  }
}
