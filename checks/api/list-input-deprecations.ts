import { isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

import type { ApiChange } from './api-change.ts';
import type { DescribeContext } from './describe-change.ts';
import { findArgument, findInputField } from './describe-default.ts';
import { sendsField } from './describe-input-change.ts';

/** Arguments and input fields that are deprecated now and were not: graphql-inspector tells of fields and values alone. */
export function listInputDeprecations(context: DescribeContext): ApiChange[] {
  return Object.values(context.head.getTypeMap()).flatMap((type) => {
    if (type.name.startsWith('__')) return [];
    if (isInputObjectType(type)) return listInputFields(type.name, Object.values(type.getFields()), context);
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).flatMap((field) =>
      listArguments(type.name, field.name, field.args, context),
    );
  });
}

/** An argument or an input field, as far as its deprecation goes. */
interface Deprecable {
  readonly name: string;
  readonly deprecationReason?: string | undefined | null;
}

function listInputFields(
  input: string,
  fields: readonly Deprecable[],
  context: DescribeContext,
): ApiChange[] {
  return fields.flatMap(({ name, deprecationReason }) => {
    const before = findInputField(context.base, input, name);
    if (!isNews(before, deprecationReason)) return [];
    const subject = `${input}.${name}`;
    return [
      describeDeprecation(subject, `Input field ${subject}`, deprecationReason, 'send', (operation) =>
        sendsField(operation, input, name, context),
      ),
    ];
  });
}

function listArguments(
  type: string,
  field: string,
  fieldArguments: readonly Deprecable[],
  context: DescribeContext,
): ApiChange[] {
  return fieldArguments.flatMap(({ name, deprecationReason }) => {
    const before = findArgument(context.base, type, field, name);
    if (!isNews(before, deprecationReason)) return [];
    const subject = `${type}.${field}(${name}:)`;
    return [
      describeDeprecation(subject, `Argument ${subject}`, deprecationReason, 'give', ({ used }) =>
        used.has(subject),
      ),
    ];
  });
}

function isNews(before: Deprecable | undefined, reason: string | undefined | null): reason is string {
  return typeof reason === 'string' && before !== undefined && typeof before.deprecationReason !== 'string';
}

function describeDeprecation(
  subject: string,
  name: string,
  reason: string,
  verb: 'give' | 'send',
  isHit: ApiChange['isHit'],
): ApiChange {
  return {
    rule: 'deprecated-in-use',
    subject,
    what: `${name} is deprecated: ${reason}`,
    effect: `These operations ${verb} it and should move off it.`,
    kind: 'news',
    isHit,
    next: ['Tell the clients named here.'],
  };
}
