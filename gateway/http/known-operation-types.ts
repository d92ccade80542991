import { GraphQLError, type ValidationRule } from 'graphql';

/** Refuses operations of a kind that the schema has no root type for: no rule of graphql-js 16 does. */
export const knownOperationTypes: ValidationRule = (context) => ({
  OperationDefinition(node) {
    if (context.getSchema().getRootType(node.operation)) return;
    const message = `The schema has no ${node.operation}s.`;
    context.reportError(new GraphQLError(message, { nodes: node }));
  },
});
