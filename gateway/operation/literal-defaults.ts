import {
  getNullableType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isObjectType,
  type GraphQLInputType,
  type GraphQLSchema,
} from 'graphql';

// Noncharacters are for a program's own use, so that no text of a schema has it.
const mark = '\uFDD0';
const printedLiteral = new RegExp(`"${mark}(.*?)${mark}"`, 'gs');

/**
 * Puts texts in the place of defaults that are lists or objects of a custom scalar (`filter: JSON = {}`), in a schema
 * that is read only: graphql-js throws where it prints them, and Apollo Server prints every schema that it is given.
 * Subgraphs apply their own defaults. Unmarked, such a text is introspected as a string.
 */
export function replaceLiteralDefaults(
  schema: GraphQLSchema,
  { isMarked = true }: { readonly isMarked?: boolean } = {},
): GraphQLSchema {
  const print = (value: unknown): string =>
    isMarked ? mark + printLiteral(value) + mark : printLiteral(value);
  const inputs = [
    ...schema.getDirectives().flatMap(({ args }) => args),
    ...Object.values(schema.getTypeMap()).flatMap((type) => {
      if (isInputObjectType(type)) return Object.values(type.getFields());
      if (!isObjectType(type) && !isInterfaceType(type)) return [];
      return Object.values(type.getFields()).flatMap(({ args }) => args);
    }),
  ];
  for (const input of inputs) input.defaultValue = replaceLiterals(input.defaultValue, input.type, print);
  return schema;
}

/** The text of an introspected default, with the literals that were replaced in it. */
export function restoreLiterals(text: string): string {
  if (!text.includes(mark)) return text;
  // Strings of GraphQL are escaped as in JSON.
  return text.replaceAll(printedLiteral, (_, escaped: string) => JSON.parse(`"${escaped}"`) as string);
}

function replaceLiterals(value: unknown, type: GraphQLInputType, print: (value: unknown) => string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    const itemType = nullable.ofType;
    return Array.isArray(value)
      ? value.map((item) => replaceLiterals(item, itemType, print))
      : replaceLiterals(value, itemType, print);
  }
  if (!isInputObjectType(nullable)) return print(value);
  const fields = nullable.getFields();
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const field = fields[name];
      return [name, field === undefined ? inner : replaceLiterals(inner, field.type, print)];
    }),
  );
}

function printLiteral(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printLiteral).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).map(([name, inner]) => `${name}: ${printLiteral(inner)}`);
  return `{${fields.join(', ')}}`;
}
