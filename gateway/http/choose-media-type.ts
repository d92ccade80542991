const json = 'application/json';
const graphqlResponse = 'application/graphql-response+json';

/**
 * In which of the two types of GraphQL over HTTP a client gets a refusal: the one that it rather accepts, JSON where it
 * says neither. Clients read a status of failure as GraphQL in the other one alone: with JSON, it may be a proxy's.
 */
export function chooseMediaType(accept = ''): string {
  const entries = accept.toLowerCase().split(',').map(readEntry);
  const own = entries.findIndex(({ type }) => type === graphqlResponse);
  const other = entries.findIndex(({ type }) => type === json);
  const quality = entries[own]?.quality ?? 0;
  const otherQuality = entries[other]?.quality ?? 0;
  if (quality === 0 || quality < otherQuality) return json;
  return quality === otherQuality && other < own ? json : graphqlResponse;
}

function readEntry(text: string): { readonly type: string; readonly quality: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  return { type, quality: quality === undefined ? 1 : Number(quality) || 0 };
}
