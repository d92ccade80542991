import { SupergraphError } from './supergraph-error.ts';

/** Throws a `SupergraphError` unless requests can be sent there: one with `ws:` or `unix:` is a URL as well. */
export function requireSubgraphUrl(name: string, url: string): void {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return;
  throw new SupergraphError(`Expected a URL with http or https for the subgraph "${name}", found "${url}".`);
}
