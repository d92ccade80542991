import type { RequestContext } from '../request-context.ts';

/** The request's statements for `extensions` of its answer; undefined for a request that did not ask for them. */
export function explainRequest<Client>(
  context: RequestContext<Client>,
): { readonly freehold: object } | undefined {
  const { isExplained, statements, missing, statementScope } = context;
  if (!isExplained) return undefined;
  const requestMs = performance.now() - statementScope.requestStartMs;
  const statementCount = context.statementCount();
  return { freehold: { requestMs, statementCount, statements, ...(missing.length > 0 ? { missing } : {}) } };
}
