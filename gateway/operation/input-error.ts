import { GraphQLError, type ASTNode } from 'graphql';

/** Variables that are of their types and yet not usable in the operation: null where only a default allowed it. */
export class InputError extends GraphQLError {
  constructor(message: string, nodes: readonly ASTNode[] | undefined) {
    super(message, { nodes: nodes ?? null, extensions: { code: 'BAD_USER_INPUT' } });
  }
}
