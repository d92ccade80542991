import { validate, type DocumentNode, type GraphQLSchema } from 'graphql';

/** Whether the schema refuses the operation: where it depends on a use's place and values, GraphQL itself tells best. */
export function isRefused(schema: GraphQLSchema, document: DocumentNode): boolean {
  return validate(schema, document, undefined, { maxErrors: 1 }).length > 0;
}
