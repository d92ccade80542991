/**
 * Path and query of what stands between a request's method and its version. It may be a whole URL, which proxies send on
 * and every server has to accept: https://www.rfc-editor.org/rfc/rfc9112#section-3.2.2
 */
export function readRequestTarget(target = '/'): string {
  const local = target.replace(/^https?:\/\/[^/?]*/i, '');
  return local.startsWith('/') ? local : `/${local}`;
}
