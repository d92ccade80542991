import {
  GraphQLBoolean,
  GraphQLFloat,
  GraphQLID,
  GraphQLInt,
  GraphQLString,
  isEnumType,
  type GraphQLLeafType,
} from 'graphql';

import { writeJson, writeJsonString } from '../json-text.ts';
import { addError, nullText, type Write } from './write.ts';

/** The JSON text of a leaf, undefined when the value is none of its type. */
type Serialise = (value: unknown, isPlain: boolean) => string | undefined;

// https://spec.graphql.org/October2021/#sec-Scalars; subgraphs have serialised already, so nothing is coerced that
// a correct subgraph would not send. An ID may come as a number and goes out as a string.
const builtIn: ReadonlyMap<string, Serialise> = new Map<string, Serialise>([
  [
    GraphQLString.name,
    (value, isPlain) => (typeof value === 'string' ? writeString(value, isPlain) : undefined),
  ],
  [GraphQLInt.name, (value) => (Number.isInteger(value) ? String(value) : undefined)],
  [
    GraphQLFloat.name,
    (value) => (typeof value === 'number' && Number.isFinite(value) ? String(value) : undefined),
  ],
  [GraphQLBoolean.name, (value) => (typeof value === 'boolean' ? String(value) : undefined)],
  [
    GraphQLID.name,
    (value, isPlain) => {
      if (typeof value === 'string') return writeString(value, isPlain);
      return Number.isInteger(value) ? `"${String(value)}"` : undefined;
    },
  ],
]);

function writeString(text: string, isPlain: boolean): string {
  return isPlain ? `"${text}"` : writeJsonString(text);
}

/** A scalar or an enum value. An enum value that clients may not see is as wrong as an unknown one. */
export function compileLeaf(type: GraphQLLeafType, place: string): Write {
  const serialise = chooseSerialise(type);
  const message = `Invalid value found for ${place}.`;
  return (value, state) => {
    if (value === null || value === undefined) return nullText;
    const text = serialise(value, state.isPlain);
    if (text !== undefined) return text;
    addError(state, message);
    return nullText;
  };
}

function chooseSerialise(type: GraphQLLeafType): Serialise {
  if (!isEnumType(type)) return builtIn.get(type.name) ?? writeJson;
  const texts = new Map<unknown, string>(type.getValues().map(({ name }) => [name, `"${name}"`]));
  return (value) => texts.get(value);
}
