import { ChangeType, type SerializableChange } from '@graphql-inspector/core';

import type { JudgedOperation } from '../operations/evidence.ts';
import type { ApiChange } from './api-change.ts';
import type { DescribeContext } from './describe-change.ts';
import { describeDefault, findInputField } from './describe-default.ts';
import { becomesRequired, printDefault } from './describe-field-change.ts';

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
    case ChangeType.InputFieldTypeChanged: {
      const { inputName, inputFieldName, oldInputFieldType, newInputFieldType } = change.meta;
      if (change.meta.isInputFieldTypeChangeSafe) return undefined;
      const subject = `${inputName}.${inputFieldName}`;
      const isNewlyRequired = becomesRequired(oldInputFieldType, newInputFieldType);
      const hasDefault = findInputField(context.head, inputName, inputFieldName)?.defaultValue !== undefined;
      return {
        rule: 'input-field-type-changed',
        subject,
        what: `Input field ${subject} was ${oldInputFieldType} and is now ${newInputFieldType}.`,
        effect: isNewlyRequired
          ? `GraphQL refuses an input that ${hasDefault ? '' : 'leaves it out or '}has null for it.`
          : 'GraphQL refuses an input with a value of the old type.',
        kind: 'break',
        isHit: (operation) =>
          isNewlyRequired && !hasDefault
            ? sendsInput(operation, inputName)
            : sendsField(operation, inputName, inputFieldName, context),
        usageCoordinates: [isNewlyRequired && !hasDefault ? inputName : subject],
        next: [
          `Keep ${oldInputFieldType}, or add another field of type ${newInputFieldType} and deprecate this one.`,
        ],
      };
    }
    case ChangeType.InputFieldDefaultValueChanged: {
      const { inputName, inputFieldName, oldDefaultValue, newDefaultValue } = change.meta;
      const subject = `${inputName}.${inputFieldName}`;
      const isHit = (operation: JudgedOperation) =>
        !operation.used.has(subject) && sendsInput(operation, inputName);
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
          isHit,
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

function sendsInput({ types, variableTypes }: JudgedOperation, input: string): string | boolean {
  if (types.has(input)) return true;
  return variableTypes.has(input) ? `sends ${input} in a variable` : false;
}

/** Whether an operation sends the field of an input, or may: a variable holds what only calls tell. */
export function sendsField(
  { used, variableTypes }: JudgedOperation,
  input: string,
  field: string,
  context: DescribeContext,
): string | boolean {
  const coordinate = `${input}.${field}`;
  if (used.has(coordinate)) return true;
  if (!variableTypes.has(input) || context.isProvenUnused(coordinate)) return false;
  return `sends ${input} in a variable, which may hold ${field}`;
}
