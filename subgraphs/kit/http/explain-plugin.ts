import type { ApolloServerPlugin } from '@apollo/server';

import type { RequestContext } from '../request-context.ts';

/** Puts the request's statements into `extensions.freehold` of the answer, for a request that asked for them. */
export function explainPlugin<Client>(): ApolloServerPlugin<RequestContext<Client>> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ response, contextValue }) {
          if (!contextValue.isExplained || response.body.kind !== 'single') return;
          const { statements, missing, statementScope } = contextValue;
          const requestMs = performance.now() - statementScope.requestStartMs;
          response.body.singleResult.extensions = {
            ...response.body.singleResult.extensions,
            freehold: { requestMs, statements, ...(missing.length > 0 ? { missing } : {}) },
          };
        },
      };
    },
  };
}
