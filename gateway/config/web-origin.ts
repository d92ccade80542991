import { z } from 'zod';

// Scheme and host, and perhaps a port and one slash: no credentials, path, query or pattern. Not by scheme alone, because
// the pages of extensions and apps have schemes of their own; some of them have no host.
const originPattern = /^[a-z][a-z0-9+.-]*:\/\/[^\s/?#@*\\]*\/?$/i;

/**
 * A web origin in the form in which a browser sends it (RFC 6454, section 6.2), because it is compared as text: lower
 * case, without the scheme's own port and without a slash at the end. Beside it `*` is every origin, and `null` what a
 * page without one sends.
 */
export const webOrigin = z.string().transform((text, context) => {
  if (text === '*' || text === 'null') return text;
  const url = originPattern.test(text) && URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined) return `${url.protocol}//${url.host}`.toLowerCase();
  context.addIssue(
    `expected "*", "null" or an origin such as "https://shop.example:8443", found ${JSON.stringify(text)}`,
  );
  return z.NEVER;
});
