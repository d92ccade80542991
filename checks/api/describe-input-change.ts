import { ChangeType, type SerializableChange } from '@graphql-inspector/core';
import { getNamedType, Kind, TypeInfo, visit, visitWithTypeInfo } from 'graphql';

import type { JudgedOperation } from '../operations/evidence.ts';
import type { ApiChange } from './api-change.ts';
import type { DescribeContext } from './describe-change.ts';
import { describeDefault, findInputField } from './describe-default.ts';
import { becomesRequired, isRewrapped, printDefault } from './describe-field-change.ts';
import { isRefused } from './is-refused.ts';

/** Changes of input types; undefined for any other change. */
export function describeInputChange(
  change: SerializableChange,
  context: DescribeContext,
): ApiChange | undefined {
  switch (change.type) {
    case ChangeType.InputFieldAdded: {
      const { inputName, addedInputFieldName, addedInputFieldType, addedFieldDefault } = change.meta;
      if (change.meta.addedToNewType || change.meta.isAddedInputFieldTypeNullable) return undefined;
      if (addedFieldDefault !== undefined) return undefined;
      const subject = `${inputName}.${addedInputFieldName}`;
      return {
        rule: 'required-input-field-added',
        subject,
        what: `Input ${inputName} has a new required field ${addedInputFieldName}: ${addedInputFieldType}.`,
        effect: 'GraphQL refuses an input without it, and none can have it yet.',
        kind: 'break',
        isHit: (operation) => sendsInput(operation, inputName),
        usageCoordinates: [inputName],
        next: [
          `Make it optional (${addedInputFieldType.replace(/!$/, '')}) or give it a default value.`,
          'When every client sends it, it can become required.',
        ],
      };
    }
    case ChangeType.InputFieldRemoved: {
      const { inputName, removedFieldName } = change.meta;
      const subject = `${inputName}.${removedFieldName}`;
      return {
        rule: 'input-field-removed',
        subject,
        what: `Input field ${subject} is gone.`,
        effect: 'GraphQL refuses an input that has it.',
        kind: 'break',
        isHit: (operation) => sendsField(operation, inputName, removedFieldName, context),
        next: [
          'Keep the field, mark it @deprecated, ignore it on the server, and remove it when nobody sends it.',
        ],
      };
    }
    default:
      return describeInputDetail(change, context);
  }
}

function describeInputDetail(change: SerializableChange, context: DescribeContext): ApiChange | undefined {
  switch (change.type) {
    case ChangeType.InputFieldTypeChanged:
      return describeInputType(change, context);
    case ChangeType.InputFieldDefaultValueChanged: {
      const { inputName, inputFieldName, oldDefaultValue, newDefaultValue } = change.meta;
      const subject = `${inputName}.${inputFieldName}`;
      const isHit = (operation: JudgedOperation) =>
        operation.variableTypes.has(inputName) || !operation.used.has(subject)
          ? sendsInput(operation, inputName)
          : false;
      const after = findInputField(context.head, inputName, inputFieldName);
      const judged = describeDefault(findInputField(context.base, inputName, inputFieldName), after);
      if (judged === 'told') return undefined;
      if (judged === 'required')
        return {
          rule: 'required-input-field-added',
          subject,
          what: `Input field ${subject} (${String(after?.type)}) had the default ${printDefault(oldDefaultValue)} and has none now: it is required.`,
          effect: 'GraphQL refuses an input without it.',
          kind: 'break',
          isHit: (operation) =>
            operation.variableTypes.has(inputName)
              ? `sends ${inputName} in a variable`
              : operation.types.has(inputName) && isRefused(context.head, operation.known.document),
          usageCoordinates: [inputName],
          next: ['Keep the default.', 'When every client sends the field, it can go.'],
        };
      return {
        rule: 'input-field-default-changed',
        subject,
        what: `The default of ${subject} was ${printDefault(oldDefaultValue)} and is now ${printDefault(newDefaultValue)}.`,
        effect: 'An operation that leaves the field out does something else than before.',
        kind: 'danger',
        isHit,
        usageCoordinates: [inputName],
        next: ['Keep the default, or see that the operations named here want the new one.'],
      };
    }
    default:
      return undefined;
  }
}

function describeInputType(
  change: Extract<SerializableChange, { type: typeof ChangeType.InputFieldTypeChanged }>,
  context: DescribeContext,
): ApiChange | undefined {
  const { inputName, inputFieldName, oldInputFieldType, newInputFieldType } = change.meta;
  if (change.meta.isInputFieldTypeChangeSafe) return undefined;
  const subject = `${inputName}.${inputFieldName}`;
  const isNewlyRequired = becomesRequired(oldInputFieldType, newInputFieldType);
  const hasDefault = findInputField(context.head, inputName, inputFieldName)?.defaultValue !== undefined;
  const isLeftOut = isNewlyRequired && !hasDefault;
  return {
    rule: 'input-field-type-changed',
    subject,
    what: `Input field ${subject} was ${oldInputFieldType} and is now ${newInputFieldType}.`,
    effect: isNewlyRequired
      ? `GraphQL refuses an input that ${hasDefault ? '' : 'leaves it out or '}has null for it.`
      : 'GraphQL refuses an input with a value of the old type.',
    kind: 'break',
    isHit: (operation) => {
      const { used, types, variableTypes, known } = operation;
      const isWritten = isLeftOut ? types.has(inputName) : used.has(subject);
      const isTold = isRewrapped(oldInputFieldType, newInputFieldType);
      if (isWritten && (!isTold || isRefused(context.head, known.document))) return true;
      // With a default, a variable that may be null passes as a part of what is written out, and fails when it is.
      if (isWritten && isNewlyRequired && hasDefault && isGivenVariable(context, operation, subject))
        return `gives a variable for ${subject}, which may be null`;
      if (!variableTypes.has(inputName)) return false;
      if (isLeftOut) return `sends ${inputName} in a variable`;
      // In a variable, one value is read as a list of one.
      if (!isNewlyRequired && isMadeList(oldInputFieldType, newInputFieldType)) return false;
      return maySend(operation, inputName, inputFieldName, context);
    },
    usageCoordinates: [isLeftOut ? inputName : subject],
    next: [
      `Keep ${oldInputFieldType}, or add another field of type ${newInputFieldType} and deprecate this one.`,
    ],
  };
}

function sendsInput({ types, variableTypes }: JudgedOperation, input: string): string | boolean {
  if (types.has(input)) return true;
  return variableTypes.has(input) ? `sends ${input} in a variable` : false;
}

/** Whether an operation sends the field of an input, or may: a variable holds what only calls tell. */
export function sendsField(
  operation: JudgedOperation,
  input: string,
  field: string,
  context: DescribeContext,
): string | boolean {
  return operation.used.has(`${input}.${field}`) || maySend(operation, input, field, context);
}

function maySend(
  { variableTypes }: JudgedOperation,
  input: string,
  field: string,
  context: DescribeContext,
): string | false {
  if (!variableTypes.has(input) || context.isProvenUnused(`${input}.${field}`)) return false;
  return `sends ${input} in a variable, which may hold ${field}`;
}

/** Whether an input that is written out in the operation has a variable that may be null for the field. */
function isGivenVariable({ base }: DescribeContext, { known }: JudgedOperation, subject: string): boolean {
  const typeInfo = new TypeInfo(base);
  const notNull = new Set<string>();
  let isGiven = false;
  visit(
    known.document,
    visitWithTypeInfo(typeInfo, {
      VariableDefinition: ({ variable, type }) => {
        if (type.kind === Kind.NON_NULL_TYPE) notNull.add(variable.name.value);
      },
      ObjectField: ({ name, value }) => {
        const input = getNamedType(typeInfo.getParentInputType());
        if (value.kind !== Kind.VARIABLE || `${input?.name}.${name.value}` !== subject) return;
        isGiven ||= !notNull.has(value.name.value);
      },
    }),
  );
  return isGiven;
}

/** Whether one value became a list of such values. */
function isMadeList(before: string, after: string): boolean {
  return after.startsWith('[') && !before.startsWith('[') && isRewrapped(before, after);
}
