import { ChangeType, type SerializableChange } from '@graphql-inspector/core';
import { getNamedType, isEnumType, isInputObjectType, type GraphQLSchema } from 'graphql';

import type { ApiChange } from './api-change.ts';
import type { JudgedOperation } from '../operations/evidence.ts';
import { describeDirectiveChange } from './describe-directive-change.ts';
import { describeFieldChange } from './describe-field-change.ts';
import { describeInputChange } from './describe-input-change.ts';
import { hasLostFragment } from './has-lost-fragment.ts';

/** What describing a change needs beside the change. */
export interface DescribeContext {
  readonly base: GraphQLSchema;
  readonly head: GraphQLSchema;
  isProvenUnused(coordinate: string): boolean;
}

/** A change of graphql-inspector as ours; undefined for what no client can notice. */
export function describeChange(change: SerializableChange, context: DescribeContext): ApiChange | undefined {
  return (
    describeFieldChange(change, context) ??
    describeInputChange(change, context) ??
    describeTypeChange(change, context)
  );
}

function describeTypeChange(change: SerializableChange, context: DescribeContext): ApiChange | undefined {
  switch (change.type) {
    case ChangeType.TypeRemoved: {
      const name = change.meta.removedTypeName;
      return {
        rule: 'type-removed',
        subject: name,
        what: `Type ${name} is gone.`,
        effect: 'GraphQL refuses an operation that names the type or selects a field of it.',
        kind: 'break',
        isHit: (operation) => usesType(operation, name, context),
        next: [
          `Keep ${name}, mark the fields that return it @deprecated, and remove it when nobody uses it any more.`,
        ],
      };
    }
    case ChangeType.TypeKindChanged: {
      const { typeName, oldTypeKind, newTypeKind } = change.meta;
      return {
        rule: 'type-kind-changed',
        subject: typeName,
        what: `Type ${typeName} was ${printKind(oldTypeKind)} and is now ${printKind(newTypeKind)}.`,
        effect: 'Selections, fragments and variables that were written for the old kind are refused.',
        kind: 'break',
        isHit: (operation) => usesType(operation, typeName, context),
        next: [`Give the new kind a name of its own and let clients move to it from ${typeName}.`],
      };
    }
    default:
      return (
        describeDirectiveChange(change, context) ??
        describeMemberChange(change, context) ??
        describeEnumChange(change, context)
      );
  }
}

function usesType({ types, variableTypes, used }: JudgedOperation, name: string, { base }: DescribeContext) {
  if (types.has(name) || variableTypes.has(name)) return true;
  // An enum may occur by its values alone. The fields of an object are used through its interfaces too, and that is no
  // use of the object: without it, such a selection returns the other types.
  return isEnumType(base.getType(name)) && [...used].some((coordinate) => coordinate.startsWith(`${name}.`));
}

function printKind(kind: string): string {
  const words: Readonly<Record<string, string>> = {
    ObjectTypeDefinition: 'an object type',
    InterfaceTypeDefinition: 'an interface',
    UnionTypeDefinition: 'a union',
    EnumTypeDefinition: 'an enum',
    ScalarTypeDefinition: 'a scalar',
    InputObjectTypeDefinition: 'an input type',
  };
  return words[kind] ?? kind;
}

function describeMemberChange(change: SerializableChange, context: DescribeContext): ApiChange | undefined {
  switch (change.type) {
    case ChangeType.UnionMemberRemoved: {
      const { unionName: union, removedUnionMemberTypeName: member } = change.meta;
      return {
        rule: 'union-member-removed',
        subject: `${union}.${member}`,
        what: `${member} is no longer a member of union ${union}.`,
        effect: `GraphQL refuses a fragment on ${member} inside ${union}.`,
        kind: 'break',
        isHit: ({ known }) => hasLostFragment(context, known.document, union, member),
        usageCoordinates: [member],
        next: [`Keep ${member} in the union until no operation has a fragment on it there.`],
      };
    }
    case ChangeType.UnionMemberAdded: {
      const { unionName: union, addedUnionMemberTypeName: member, addedToNewType } = change.meta;
      if (addedToNewType) return undefined;
      return newTypeBehind(
        'union-member-added',
        union,
        member,
        `${member} is a new member of union ${union}.`,
      );
    }
    case ChangeType.ObjectTypeInterfaceRemoved: {
      const { objectTypeName: type, removedInterfaceName: parent } = change.meta;
      return {
        rule: 'interface-removed',
        subject: `${type} implements ${parent}`,
        what: `${type} no longer implements ${parent}.`,
        effect: `GraphQL refuses a fragment on ${type} where a ${parent} is returned.`,
        kind: 'break',
        isHit: ({ known }) => hasLostFragment(context, known.document, parent, type),
        usageCoordinates: [type],
        next: [`Keep "implements ${parent}" until no operation has a fragment on ${type} there.`],
      };
    }
    case ChangeType.ObjectTypeInterfaceAdded: {
      const { objectTypeName: type, addedInterfaceName: parent, addedToNewType } = change.meta;
      const what = addedToNewType
        ? `The new type ${type} implements ${parent}.`
        : `${type} now implements ${parent}.`;
      return newTypeBehind('interface-added', parent, type, what);
    }
    default:
      return undefined;
  }
}

function newTypeBehind(rule: string, parent: string, member: string, what: string): ApiChange {
  return {
    rule,
    subject: `${parent} <- ${member}`,
    what,
    effect: `A field of type ${parent} may now return ${member}, which the clients' fragments do not cover.`,
    kind: 'danger',
    isHit: ({ types }) => types.has(parent),
    usageCoordinates: [parent],
    next: [
      `See that the clients named here ignore types that they do not know, before ${member} is returned.`,
    ],
  };
}

function describeEnumChange(change: SerializableChange, context: DescribeContext): ApiChange | undefined {
  switch (change.type) {
    case ChangeType.EnumValueRemoved: {
      const { enumName, removedEnumValueName } = change.meta;
      const subject = `${enumName}.${removedEnumValueName}`;
      const caution = isReturned(context.base, enumName)
        ? ` Where a row still holds it, the field that returns ${enumName} answers with an error.`
        : '';
      return {
        rule: 'enum-value-removed',
        subject,
        what: `Enum value ${subject} is gone.`,
        effect: `GraphQL refuses an operation or a variable that sends it.${caution}`,
        ...(caution === '' ? {} : { whenUnused: caution.trim() }),
        kind: 'break',
        isHit: (operation) => {
          if (operation.used.has(subject)) return true;
          if (!operation.variableTypes.has(enumName) || context.isProvenUnused(subject)) return false;
          return `a variable of it may hold ${removedEnumValueName}`;
        },
        next: [
          `Keep the value, mark it @deprecated, and treat it on the server as what takes its place.`,
          'Remove it when no client sends it any more, and no row holds it.',
        ],
      };
    }
    case ChangeType.EnumValueAdded: {
      const { enumName, addedEnumValueName, addedToNewType } = change.meta;
      if (addedToNewType || !isReturned(context.base, enumName)) return undefined;
      return {
        rule: 'enum-value-added',
        subject: `${enumName}.${addedEnumValueName}`,
        what: `${addedEnumValueName} is a new value of enum ${enumName}, which fields return.`,
        effect:
          'A client that decides by the value (a switch without a default) meets one that it does not know.',
        kind: 'danger',
        isHit: ({ types }) => types.has(enumName),
        usageCoordinates: [enumName],
        next: [
          `See that the clients named here have an answer for unknown values before the server returns ${addedEnumValueName}.`,
        ],
      };
    }
    case ChangeType.EnumValueDeprecationReasonAdded: {
      const { enumName, enumValueName, addedValueDeprecationReason } = change.meta;
      const subject = `${enumName}.${enumValueName}`;
      return {
        rule: 'deprecated-in-use',
        subject,
        what: `Enum value ${subject} is deprecated: ${addedValueDeprecationReason}`,
        effect: 'These operations send it and should move off it.',
        kind: 'news',
        isHit: ({ used }) => used.has(subject),
        next: ['Tell the clients named here.'],
      };
    }
    default:
      return undefined;
  }
}

/** Whether any field returns the type: a new value of an enum that is only sent surprises nobody. */
function isReturned(schema: GraphQLSchema, name: string): boolean {
  return Object.values(schema.getTypeMap()).some(
    (type) =>
      'getFields' in type &&
      !isInputObjectType(type) &&
      Object.values(type.getFields()).some((field) => getNamedType(field.type).name === name),
  );
}
