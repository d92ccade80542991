/**
 * Splits what stands between a request's method and its version into path and query (with its question mark). It may
 * be a whole URL, which clients send to proxies and every server has to accept:
 * https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
export function splitRequestTarget(target: string): [path: string, search: string] {
  const local = target.replace(/^https?:\/\/[^/?]*/i, '');
  const at = local.indexOf('?');
  const [path, search] = at < 0 ? [local, ''] : [local.slice(0, at), local.slice(at)];
  return [path === '' ? '/' : path, search];
}
