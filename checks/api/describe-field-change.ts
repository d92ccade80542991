import { ChangeType, type SerializableChange } from '@graphql-inspector/core';
import { isOutputType, isTypeSubTypeOf, parseType, typeFromAST, type GraphQLSchema } from 'graphql';

import type { ApiChange } from './api-change.ts';
import type { DescribeContext } from './describe-change.ts';
import { describeDefault, findArgument, findField } from './describe-default.ts';
import { findArgumentGap } from './find-argument-gap.ts';
import { isRefused } from './is-refused.ts';

/** Changes of fields and their arguments; undefined for any other change. */
export function describeFieldChange(
  change: SerializableChange,
  context: DescribeContext,
): ApiChange | undefined {
  switch (change.type) {
    case ChangeType.FieldRemoved: {
      const subject = `${change.meta.typeName}.${change.meta.removedFieldName}`;
      return {
        rule: 'field-removed',
        subject,
        what: `Field ${subject} is gone.`,
        effect: 'GraphQL refuses the whole operation when it selects a field that is not there.',
        kind: 'break',
        isHit: ({ selected }) => selected.has(subject),
        next: [
          `Keep ${subject} and mark it @deprecated(reason: "...") with what to use instead.`,
          'Let the clients named here move off it; remove it when the usage file shows no calls.',
        ],
      };
    }
    case ChangeType.FieldTypeChanged: {
      const { typeName, fieldName, oldFieldType, newFieldType, isSafeFieldTypeChange } = change.meta;
      if (isSafeFieldTypeChange) return undefined;
      const subject = `${typeName}.${fieldName}`;
      const told = describeTypeChange(subject, oldFieldType, newFieldType);
      if (!isNarrowed(context, typeName, fieldName)) return told;
      // Every answer is one that the client reads already; only a fragment on what can no longer come is refused.
      return {
        ...told,
        isHit: ({ selected, known }) => selected.has(subject) && isRefused(context.head, known.document),
      };
    }
    case ChangeType.FieldDeprecationAdded:
    case ChangeType.FieldDeprecationReasonAdded: {
      const subject = `${change.meta.typeName}.${change.meta.fieldName}`;
      const reason =
        'deprecationReason' in change.meta
          ? change.meta.deprecationReason
          : change.meta.addedDeprecationReason;
      return {
        rule: 'deprecated-in-use',
        subject,
        what: `Field ${subject} is deprecated: ${reason}`,
        effect: 'These operations select it and should move off it.',
        kind: 'news',
        isHit: ({ used }) => used.has(subject),
        next: ['Tell the clients named here.'],
      };
    }
    default:
      return describeArgumentChange(change, context);
  }
}

/** Whether the field returns a part of what it returned: one object of an interface, or a value that is never null. */
function isNarrowed({ base, head }: DescribeContext, type: string, field: string): boolean {
  const [before, after] = [findField(base, type, field), findField(head, type, field)];
  const promised = before && typeFromAST(head, parseType(String(before.type)));
  return isOutputType(promised) && after !== undefined && isTypeSubTypeOf(head, after.type, promised);
}

function describeTypeChange(subject: string, before: string, after: string): ApiChange {
  const isOnlyNullable = before.replaceAll('!', '') === after.replaceAll('!', '');
  return {
    rule: 'field-type-changed',
    subject,
    what: `Field ${subject} was ${before} and is now ${after}.`,
    effect: isOnlyNullable
      ? 'A client that was promised a value may now get null and fail on it.'
      : `A client reads it as ${before}: its selection or its generated types no longer fit.`,
    kind: 'break',
    isHit: ({ selected }) => selected.has(subject),
    next: isOnlyNullable
      ? [`Keep the promise (${before}), or add a new nullable field and deprecate this one.`]
      : [
          `Add a field of type ${after} under a new name, deprecate ${subject}, and remove it when nobody uses it.`,
        ],
  };
}

function describeArgumentChange(change: SerializableChange, context: DescribeContext): ApiChange | undefined {
  switch (change.type) {
    case ChangeType.FieldArgumentAdded: {
      const { typeName, fieldName, addedArgumentName, addedArgumentType } = change.meta;
      const { isAddedFieldArgumentBreaking, addedToNewField } = change.meta;
      if (addedToNewField || !isAddedFieldArgumentBreaking) return undefined;
      const field = `${typeName}.${fieldName}`;
      return {
        rule: 'required-argument-added',
        subject: `${field}(${addedArgumentName}:)`,
        what: `Field ${field} has a new required argument ${addedArgumentName}: ${addedArgumentType}.`,
        effect:
          'GraphQL refuses an operation that selects the field without the argument, and none can give it yet.',
        kind: 'break',
        isHit: ({ used }) => used.has(field),
        usageCoordinates: [field],
        next: [
          `Make the argument optional (${addedArgumentType.replace(/!$/, '')}) or give it a default value.`,
          'When every client gives it, it can become required.',
        ],
      };
    }
    case ChangeType.FieldArgumentRemoved: {
      const { typeName, fieldName, removedFieldArgumentName } = change.meta;
      const subject = `${typeName}.${fieldName}(${removedFieldArgumentName}:)`;
      return {
        rule: 'argument-removed',
        subject,
        what: `Argument ${subject} is gone.`,
        effect: 'GraphQL refuses an operation that gives the argument.',
        kind: 'break',
        isHit: ({ used }) => used.has(subject),
        next: ['Keep the argument, mark it @deprecated, and remove it when no operation gives it.'],
      };
    }
    default:
      return describeArgumentDetail(change, context);
  }
}

function describeArgumentDetail(
  change: SerializableChange,
  { base, head }: DescribeContext,
): ApiChange | undefined {
  switch (change.type) {
    case ChangeType.FieldArgumentTypeChanged: {
      const { typeName, fieldName, argumentName, oldArgumentType, newArgumentType } = change.meta;
      if (change.meta.isSafeArgumentTypeChange) return undefined;
      const field = `${typeName}.${fieldName}`;
      const subject = `${field}(${argumentName}:)`;
      const isNewlyRequired = becomesRequired(oldArgumentType, newArgumentType);
      const isOtherwiseSame = newArgumentType === `${oldArgumentType}!`;
      return {
        rule: 'argument-type-changed',
        subject,
        what: `Argument ${subject} was ${oldArgumentType} and is now ${newArgumentType}.`,
        effect: isNewlyRequired
          ? `GraphQL refuses an operation that leaves it out or gives it from ${isOtherwiseSame ? 'a nullable variable' : 'a variable of the old type'}.`
          : 'GraphQL refuses a value or a variable of the old type.',
        kind: 'break',
        isHit: ({ used, known }) => {
          const isGivenOtherwise =
            used.has(subject) &&
            !isOtherwiseSame &&
            (!isRewrapped(oldArgumentType, newArgumentType) || isRefused(head, known.document));
          if (!isNewlyRequired || isGivenOtherwise) return isGivenOtherwise;
          if (!used.has(field)) return false;
          const hasDefault =
            findArgument(head, typeName, fieldName, argumentName)?.defaultValue !== undefined;
          return findArgumentGap(base, known.document, typeName, fieldName, argumentName, hasDefault);
        },
        usageCoordinates: [isNewlyRequired ? field : subject],
        next: isNewlyRequired
          ? [
              `Keep ${oldArgumentType}, and let the server do without it as before.`,
              'When every client gives it, it can become required.',
            ]
          : [
              `Keep ${oldArgumentType}, or add another argument of type ${newArgumentType} and deprecate this one.`,
            ],
      };
    }
    case ChangeType.FieldArgumentDefaultChanged: {
      const { typeName, fieldName, argumentName, oldDefaultValue, newDefaultValue } = change.meta;
      const field = `${typeName}.${fieldName}`;
      const subject = `${field}(${argumentName}:)`;
      const before = findArgument(base, typeName, fieldName, argumentName);
      const after = findArgument(head, typeName, fieldName, argumentName);
      const judged = describeDefault(before, after);
      if (judged === 'told') return undefined;
      if (judged === 'required') return describeLostDefault(change.meta, String(after?.type), base);
      return {
        rule: 'argument-default-changed',
        subject,
        what: `The default of ${subject} was ${printDefault(oldDefaultValue)} and is now ${printDefault(newDefaultValue)}.`,
        effect: 'An operation that leaves the argument out gets another answer than before.',
        kind: 'danger',
        isHit: ({ used }) => used.has(field) && !used.has(subject),
        usageCoordinates: [field],
        next: ['Keep the default, or see that the operations named here want the new one.'],
      };
    }
    default:
      return undefined;
  }
}

/**
 * Whether both are of one type, with other lists or null in other places: then GraphQL itself tells whether it takes a
 * value that is written out (one value for a list of one, and any list without null in it for one that allows none).
 */
export function isRewrapped(before: string, after: string): boolean {
  const name = (type: string) => type.replaceAll(/[[\]!]/g, '');
  return name(before) === name(after);
}

/** Whether null was allowed and is not any more, whatever else changes with the type. */
export function becomesRequired(before: string, after: string): boolean {
  return after.endsWith('!') && !before.endsWith('!');
}

/** An argument that is not null and has no default any more can no longer be left out. */
function describeLostDefault(
  {
    typeName,
    fieldName,
    argumentName,
    oldDefaultValue,
  }: { typeName: string; fieldName: string; argumentName: string; oldDefaultValue?: string },
  type: string,
  base: GraphQLSchema,
): ApiChange {
  const field = `${typeName}.${fieldName}`;
  const subject = `${field}(${argumentName}:)`;
  return {
    rule: 'required-argument-added',
    subject,
    what: `Argument ${subject} (${type}) had the default ${printDefault(oldDefaultValue)} and has none now: it is required.`,
    effect: 'GraphQL refuses an operation that leaves it out or gives it from a nullable variable.',
    kind: 'break',
    isHit: ({ used, known }) =>
      used.has(field) && findArgumentGap(base, known.document, typeName, fieldName, argumentName),
    usageCoordinates: [field],
    next: ['Keep the default.', 'When every client gives the argument, it can go.'],
  };
}

/** A default as GraphQL writes it. */
export function printDefault(value: string | undefined): string {
  return value ?? 'none';
}
