/**
 * A comment for SQL and for MongoDB's `comment`, in the form of the SQL Commenter specification: keys in order, values
 * percent-encoded in quotes. Undefined when there is nothing to say.
 */
export function buildStatementComment(
  parts: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const pairs = Object.entries(parts)
    .filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== '')
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, value]) => `${encode(key)}='${encode(value)}'`);
  return pairs.length === 0 ? undefined : pairs.join(',');
}

// encodeURIComponent leaves a few characters alone; an apostrophe would end the value and `*` could end the comment.
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /['*!()]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
