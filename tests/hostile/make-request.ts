/** A number from 0 up to (not with) 1, the same row of them for the same seed (mulberry32). */
export function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A bad request: over HTTP as it should be sent, or bytes as no client would send them. */
export type HostileRequest =
  | {
      readonly kind: 'http';
      readonly family: string;
      readonly method: string;
      readonly path: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: string | undefined;
    }
  | { readonly kind: 'raw'; readonly family: string; readonly bytes: Buffer };

type Random = () => number;

const strings = [
  "' OR 1=1 --",
  "'; DROP TABLE users; --",
  '{"$gt":""}',
  '{"$where":"sleep(1000)"}',
  '$ne',
  '__proto__',
  'constructor',
  '../../../../etc/passwd',
  '\u0000',
  '\uD800',
  '\u202E',
  '%00%0d%0aSet-Cookie:a=b',
  '${7*7}',
  '<script>',
  'a'.repeat(5000),
];
const values: readonly unknown[] = [
  null,
  true,
  -1,
  1e308,
  2 ** 53,
  '',
  [],
  {},
  [[[[]]]],
  { $gt: '' },
  { __proto__: null, constructor: { prototype: {} } },
];

function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from.');
  return item;
}

const json = { 'content-type': 'application/json' };

function post(family: string, body: string, headers: Readonly<Record<string, string>> = {}): HostileRequest {
  return { kind: 'http', family, method: 'POST', path: '/graphql', headers: { ...json, ...headers }, body };
}

function postQuery(family: string, query: unknown, variables?: unknown): HostileRequest {
  return post(family, JSON.stringify({ query, variables }));
}

/** A text with some characters exchanged, taken out or doubled. */
function damage(random: Random, text: string): string {
  const characters = text.split('');
  for (let times = 1 + Math.floor(random() * 4); times > 0; times -= 1) {
    const at = Math.floor(random() * characters.length);
    characters[at] = pick(random, ['', '{', '}', '"', '\\', '\u0000', '$', '(', '...', '#', '🚀']);
  }
  return characters.join('');
}

const good =
  'query Q($id: ID!, $n: Int) { book(id: $id) { id title reviews(first: $n) { stars author { name } } } }';

/** The kinds of bad requests, each with a way to make one. */
const families: Readonly<Record<string, (random: Random) => HostileRequest>> = {
  'broken HTTP': (random) => ({
    kind: 'raw',
    family: 'broken HTTP',
    bytes: Buffer.from(
      pick(random, [
        'GET\r\n\r\n',
        'POST /graphql HTTP/9.9\r\n\r\n',
        'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: -5\r\n\r\n',
        'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
        'POST /graphql HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
        `GET /${'a'.repeat(20_000)} HTTP/1.1\r\n\r\n`,
        `GET / HTTP/1.1\r\nhost: a\r\n${'x: y\r\n'.repeat(5000)}\r\n`,
        `\u0016\u0003\u0001${String.fromCharCode(Math.floor(random() * 256))}`,
        damage(random, 'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n\r\n'),
      ]),
      'latin1',
    ),
  }),
  'broken JSON': (random) =>
    post('broken JSON', damage(random, JSON.stringify({ query: good, variables: { id: '1' } }))),
  'JSON of another shape': (random) =>
    post(
      'JSON of another shape',
      JSON.stringify(
        pick<unknown>(random, [
          pick(random, values),
          { query: pick(random, values) },
          { query: good, variables: pick(random, values) },
          { query: good, operationName: pick(random, values) },
          { query: good, extensions: pick(random, values) },
          { extensions: { persistedQuery: pick(random, values) } },
          { extensions: { persistedQuery: { version: 1, sha256Hash: pick(random, strings) } } },
          [{ query: good }, { query: good }],
        ]),
      ),
    ),
  'broken GraphQL': (random) => postQuery('broken GraphQL', damage(random, good), { id: '1' }),
  'deep GraphQL': (random) => {
    const levels = Math.floor(random() * 3000);
    return postQuery(
      'deep GraphQL',
      `${'{ books { reviews { book '.repeat(levels)}{ id }${'}'.repeat(3 * levels)}`,
    );
  },
  'wide GraphQL': (random) => {
    const count = Math.floor(random() * 5000);
    return postQuery(
      'wide GraphQL',
      `{ ${Array.from({ length: count }, (_, at) => `a${at}: books(first: 100) { title }`).join(' ')} }`,
    );
  },
  'cyclic and doubling fragments': (random) => {
    const count = 2 + Math.floor(random() * 40);
    const fragments = Array.from({ length: count }, (_, at) => {
      const next = random() < 0.1 ? at : at + 1;
      return `fragment F${at} on Book { reviews { book { ...F${next} ...F${next} } } }`;
    });
    return postQuery(
      'cyclic and doubling fragments',
      `{ books { ...F0 } } ${fragments.join(' ')} fragment F${count} on Book { id }`,
    );
  },
  'deep values': (random) => {
    const levels = Math.floor(random() * 20_000);
    const deep = `${'['.repeat(levels)}${']'.repeat(levels)}`;
    return random() < 0.5
      ? post('deep values', `{"query":${JSON.stringify(good)},"variables":{"id":${deep}}}`)
      : postQuery('deep values', `{ book(id: ${deep}) { id } }`);
  },
  'huge bodies': (random) =>
    postQuery('huge bodies', `{ books { id } } #${'x'.repeat(Math.floor(random() * 300_000))}`),
  'wrong types': (random) =>
    postQuery('wrong types', good, {
      id: pick(random, [...values, ...strings]),
      n: pick(random, [...values, ...strings]),
    }),
  injection: (random) => {
    const text = pick(random, strings);
    return random() < 0.5
      ? postQuery('injection', good, { id: text, n: 1 })
      : postQuery(
          'injection',
          `{ book(id: ${JSON.stringify(text)}) { title } search(filter: { text: ${JSON.stringify(text)} }) { id } }`,
        );
  },
  'prototype keys': (random) => {
    const key = pick(random, ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty']);
    return post(
      'prototype keys',
      pick(random, [
        `{"query":${JSON.stringify(good)},"variables":{"${key}":{"polluted":true},"id":"1"}}`,
        `{"${key}":{"query":"{ books { id } }"},"query":"{ books { ${key}: title } }"}`,
        `{"query":"query($${key}: ID!) { book(id: $${key}) { ${key}: id } }","variables":{"${key}":"1"}}`,
        `{"query":"{ search(filter: {${key}: \\"a\\"}) { id } }"}`,
        `{"query":"query ${key} { books { id } }","operationName":"${key}"}`,
      ]),
    );
  },
  'forged tokens': (random) => {
    const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const header = part({
      alg: pick(random, ['none', 'HS256', 'ES256', 'RS256', '']),
      kid: pick(random, strings),
    });
    const token = `${header}.${part({ sub: pick(random, ['admin', 'x']), exp: 99_999_999_999 })}.${part(random())}`;
    return post('forged tokens', JSON.stringify({ query: '{ books { id secret } }' }), {
      authorization: pick(random, [
        `Bearer ${token}`,
        `Bearer ${damage(random, token).replace(/[^\x20-\x7e]/g, '')}`,
        'Bearer',
        'Basic YTpi',
      ]),
    });
  },
  'forged internal headers': (random) =>
    post('forged internal headers', JSON.stringify({ query: '{ books { id secret } }' }), {
      'freehold-identity': Buffer.from('{"sub":"admin","scope":["all"]}').toString('base64url'),
      'freehold-signature': `v1.k.${Date.now()}.n.${'A'.repeat(43)}`,
      'freehold-deadline-ms': pick(random, ['-1', '1e9', 'x', '0']),
      'freehold-explain': pick(random, ['1', 'x']),
      traceparent: pick(random, ['x', '00-0-0-0', 'a'.repeat(5000)]),
    }),
  'other methods, paths and types': (random) => ({
    kind: 'http',
    family: 'other methods, paths and types',
    method: pick(random, ['GET', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS']),
    path: pick(random, [
      '/graphql?query=%',
      '/graphql?query={books{id}}',
      '/graphql?query={books{id}}&variables=x&extensions=[',
      '/graphiql/../../package.json',
      '/graphiql/%2e%2e/%2e%2e/package.json',
      '/metrics',
      '//graphql',
      '/%ff',
    ]),
    headers: {
      'content-type': pick(random, [
        'text/plain',
        'application/json',
        'multipart/form-data; boundary=x',
        'a/b',
      ]),
      'apollo-require-preflight': '1',
    },
    body: undefined,
  }),
};

/** Makes one bad request of a family that `random` chooses. */
export function makeHostileRequest(random: Random): HostileRequest {
  const [, make] = pick(random, Object.entries(families));
  return make(random);
}
