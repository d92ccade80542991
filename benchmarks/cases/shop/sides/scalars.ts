import { type GraphQLScalarType, type GraphQLSchema, isScalarType } from 'graphql';
import {
  GraphQLCountryCode,
  GraphQLCurrency,
  GraphQLDateTime,
  GraphQLEmailAddress,
  GraphQLISBN,
  GraphQLNonNegativeInt,
  GraphQLPositiveInt,
  GraphQLURL,
} from 'graphql-scalars';

/** The scalars of the shop; the same implementations on every side. */
const scalars: Readonly<Record<string, GraphQLScalarType>> = {
  CountryCode: GraphQLCountryCode,
  Currency: GraphQLCurrency,
  DateTime: GraphQLDateTime,
  EmailAddress: GraphQLEmailAddress,
  ISBN: GraphQLISBN,
  NonNegativeInt: GraphQLNonNegativeInt,
  PositiveInt: GraphQLPositiveInt,
  URL: GraphQLURL,
};

/** Gives the scalars that a schema declares their implementations. */
export function attachScalars(schema: GraphQLSchema): void {
  for (const [name, { serialize, parseValue, parseLiteral }] of Object.entries(scalars)) {
    const declared = schema.getType(name);
    if (isScalarType(declared)) Object.assign(declared, { serialize, parseValue, parseLiteral });
  }
}
