import {
  doTypesOverlap,
  isCompositeType,
  isObjectType,
  type GraphQLCompositeType,
  type GraphQLSchema,
} from 'graphql';

import { getOwn, isDataObject, isInheritedKey, typeNameOf, type DataObject } from '../data.ts';
import { addError, nullText, placeErrors, violation, type ProjectionState, type Write } from './write.ts';

/** A field of an object of one type, ready to write. */
export interface FieldWriter {
  readonly responseName: string;
  readonly key: string;
  readonly write: Write;
}

type WriteFields = (object: DataObject, state: ProjectionState) => string;

/**
 * An object. Which fields it has depends on its `__typename`; the writers of a type's fields are made when an object
 * of it is first met. `listFields` answers undefined for a type that says too little; the object is then null.
 */
export function compileObject(
  staticType: GraphQLCompositeType,
  place: string,
  schema: GraphQLSchema,
  listFields: (type: GraphQLCompositeType) => readonly FieldWriter[] | undefined,
): Write {
  // Of types alone that fit: a subgraph may make up names without end.
  const byName = new Map<string | undefined, WriteFields>();
  const chooseType = (name: string | undefined): GraphQLCompositeType | undefined => {
    if (name === undefined) return staticType;
    const type = schema.getType(name);
    if (!isCompositeType(type) || !doTypesOverlap(schema, staticType, type)) return undefined;
    // An interface object answers with its interface's name where the place itself says more.
    return isObjectType(staticType) ? staticType : type;
  };
  return (value, state) => {
    if (value === null || value === undefined) return nullText;
    if (!isDataObject(value)) {
      addError(state, `Expected an object for ${place}, found another value.`);
      return nullText;
    }
    const name = typeNameOf(value);
    let write = byName.get(name);
    if (write === undefined) {
      const type = chooseType(name);
      write = type && compileFields(listFields(type));
      if (write !== undefined) byName.set(name, write);
    }
    if (write !== undefined) return write(value, state);
    addError(state, `Invalid __typename found for object at ${place}.`);
    return nullText;
  };
}

function compileFields(fields: readonly FieldWriter[] | undefined): WriteFields {
  if (fields === undefined) return () => nullText;
  const parts = fields.map(({ responseName, key, write }, index) => ({
    responseName,
    key,
    write,
    prefix: `${index === 0 ? '{' : ','}${JSON.stringify(responseName)}:`,
    mayBeInherited: isInheritedKey(key),
  }));
  if (parts.length === 0) return () => '{}';
  return (object, state) => {
    let text = '';
    for (const part of parts) {
      const before = state.errors.length;
      const value = part.mayBeInherited ? getOwn(object, part.key) : object[part.key];
      const inner = part.write(value, state);
      if (state.errors.length > before) placeErrors(state, before, part.responseName);
      if (inner === violation) return nullText;
      text += part.prefix + inner;
    }
    return `${text}}`;
  };
}
