import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  defaultFieldResolver,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql';

import { badInput } from './subgraph-error.ts';

/**
 * How many characters a text argument has at most, by its scalar. Ids and addresses are what indexes are made of, and an
 * entry of PostgreSQL's holds 2,704 bytes; RFC 5321 leaves an address 254.
 */
const lengthMaxByScalar: ReadonlyMap<string, number> = new Map([
  ['ID', 255],
  ['EmailAddress', 254],
]);

/** For every other text; what a service allows less of, it tells by itself. */
const lengthMaxDefault = 10_000;

/** Throws when a text in the value is too long; `place` names the argument, or the input field in it. */
type CheckTexts = (value: unknown, place: string) => void;

/** Has each field of a schema refuse arguments with texts that are too long, before its resolver runs. */
export function boundTexts(schema: GraphQLSchema): void {
  const checkOf = makeChecks();
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue;
    for (const field of Object.values(type.getFields())) {
      if (field.args.length === 0) continue;
      const check = checkEach(field.args, checkOf);
      const { resolve = defaultFieldResolver } = field;
      field.resolve = (source, args: Readonly<Record<string, unknown>>, context, info) => {
        check(args, '');
        return resolve(source, args, context, info);
      };
    }
  }
}

/** Makes the check of each type once: input types may hold themselves. */
function makeChecks(): (type: GraphQLInputType) => CheckTexts {
  const known = new Map<string, CheckTexts>();
  const checkOf = (type: GraphQLInputType): CheckTexts => {
    if (isNonNullType(type)) return checkOf(type.ofType);
    if (isListType(type)) {
      const check = checkOf(type.ofType);
      // One value stands for a list of it in a document, and is a list when it comes here.
      return (value, place) => {
        if (Array.isArray(value))
          for (const [index, item] of value.entries()) check(item, `${place}.${index}`);
      };
    }
    if (isScalarType(type)) return checkLength(lengthMaxByScalar.get(type.name) ?? lengthMaxDefault);
    if (!isInputObjectType(type)) return () => {};
    const found = known.get(type.name);
    if (found) return found;
    let check: CheckTexts | undefined;
    known.set(type.name, (value, place) => check?.(value, place));
    check = checkEach(Object.values(type.getFields()), checkOf);
    known.set(type.name, check);
    return check;
  };
  return checkOf;
}

function checkEach(
  parts: readonly (GraphQLArgument | GraphQLInputField)[],
  checkOf: (type: GraphQLInputType) => CheckTexts,
): CheckTexts {
  const checks = parts.map(({ name, type }) => ({ name, check: checkOf(type) }));
  return (value, place) => {
    if (typeof value !== 'object' || value === null) return;
    const values = value as Readonly<Record<string, unknown>>;
    for (const { name, check } of checks) check(values[name], place === '' ? name : `${place}.${name}`);
  };
}

function checkLength(lengthMax: number): CheckTexts {
  return (value, place) => {
    if (typeof value === 'string' && value.length > lengthMax)
      throw badInput(`"${place}" has ${value.length} characters; expected at most ${lengthMax}.`);
  };
}
