// Under this length a look at each character is faster than JSON.stringify; measured on Node 20.
const shortLengthMax = 48;

/** A string as JSON text. */
export function writeJsonString(text: string): string {
  const { length } = text;
  if (length > shortLengthMax) return JSON.stringify(text);
  for (let index = 0; index < length; index++) {
    const code = text.charCodeAt(index);
    // Control characters, the quote, the backslash, and surrogates (JSON.stringify knows the lone ones).
    if (code < 32 || code === 34 || code === 92 || (code >= 0xd800 && code <= 0xdfff))
      return JSON.stringify(text);
  }
  return `"${text}"`;
}

/** Any value as JSON text; what JSON cannot say is `null`. */
export function writeJson(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return writeJsonString(value);
    case 'number':
      return Number.isFinite(value) ? String(value) : 'null';
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return JSON.stringify(value) ?? 'null';
  }
}
