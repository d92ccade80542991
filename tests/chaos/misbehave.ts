import type { ServerResponse } from 'node:http';

import type { Random } from '../differential/random.ts';
import type { Interference } from '../support/subgraph-host.ts';

/** One way in which a subgraph can go wrong instead of answering `text`. */
interface Misbehaviour {
  readonly name: string;
  readonly act: (response: ServerResponse, text: string, random: Random) => void;
}

function send(response: ServerResponse, status: number, contentType: string, body: string): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

const json = 'application/json';

/** Values that a lie puts in the place of the truth. */
const lies: readonly unknown[] = [
  null,
  true,
  -1,
  1.5,
  1e300,
  'a lie',
  '',
  [],
  [[]],
  [null],
  {},
  { __typename: 'Nonsense' },
  { __typename: 7 },
];

const lyingKeys = ['__typename', '__proto__', 'constructor', '_entities'];

/** Changes some of the values, list lengths and type names of an answer. */
function lie(value: unknown, random: Random): unknown {
  if (random.chance(0.08)) return random.pick(lies);
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => lie(item, random));
    if (random.chance(0.1)) items.pop();
    if (random.chance(0.1)) items.push(random.pick(lies));
    return items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value)
    .filter(() => !random.chance(0.03))
    .map(([key, item]): [string, unknown] =>
      key === '__typename' && random.chance(0.1)
        ? [key, random.pick(['Nonsense', 'Query', 'Node', 'Being', '', 3, null])]
        : [key, lie(item, random)],
    );
  if (random.chance(0.05)) entries.push([random.pick(lyingKeys), random.pick(lies)]);
  return Object.fromEntries(entries);
}

/** `errors` as no server should send them. */
const strangeErrors: readonly unknown[] = [
  'broken',
  [],
  [null],
  [7],
  [{}],
  [{ message: 3, path: 'x' }],
  [{ message: 'Far away', path: ['_entities', 99, 'name'] }],
  [{ message: 'Strange', path: ['_entities', '0', {}, null] }],
  [{ message: 'Nowhere', path: [] }],
  [{ message: 'Deep', path: ['__proto__', 'polluted'], extensions: null }],
  [{ message: 'Mine', extensions: { code: 'X', stacktrace: ['secret at file.js:1'] } }],
];

const misbehaviours: readonly Misbehaviour[] = [
  {
    name: 'status 500',
    act: (response) => send(response, 500, 'text/plain', 'Internal error at /srv/secret.js'),
  },
  { name: 'status 503', act: (response) => send(response, 503, json, '{"errors":[{"message":"later"}]}') },
  { name: 'HTML', act: (response) => send(response, 200, 'text/html', '<!doctype html><h1>Welcome</h1>') },
  { name: 'nothing', act: (response) => send(response, 200, json, '') },
  {
    name: 'no object',
    act: (response, _text, random) =>
      send(
        response,
        200,
        json,
        random.pick([
          '7',
          '[]',
          '"x"',
          'null',
          '{}',
          '{"data":5}',
          '{"data":[]}',
          '{"data":null}',
          '{"data":{}}',
          '{"data":{"_entities":{}}}',
          '{"data":{"_entities":[]}}',
        ]),
      ),
  },
  {
    name: 'half the text',
    act: (response, text) => send(response, 200, json, text.slice(0, text.length / 2)),
  },
  { name: 'a closed connection', act: (response) => response.destroy() },
  {
    name: 'a cut stream',
    act: (response, text) => {
      response.writeHead(200, { 'content-type': json, 'content-length': Buffer.byteLength(text) + 10 });
      response.write(text.slice(0, text.length / 2), () => response.destroy());
    },
  },
  // The connection stays open and nothing comes: the engine's deadline has to end it.
  { name: 'silence', act: () => undefined },
  {
    name: 'silence after a beginning',
    act: (response, text) => {
      response.writeHead(200, { 'content-type': json });
      response.write(text.slice(0, 20));
    },
  },
  {
    name: 'deep nesting',
    act: (response) => send(response, 200, json, `{"data":${'['.repeat(20_000)}${']'.repeat(20_000)}}`),
  },
  {
    name: 'lies',
    act: (response, text, random) => send(response, 200, json, JSON.stringify(lie(JSON.parse(text), random))),
  },
  {
    name: 'more lies',
    act: (response, text, random) => send(response, 200, json, JSON.stringify(lie(JSON.parse(text), random))),
  },
  {
    name: 'strange errors',
    act: (response, text, random) => {
      const answer = JSON.parse(text) as object;
      send(response, 200, json, JSON.stringify({ ...answer, errors: random.pick(strangeErrors) }));
    },
  },
];

/** Lets subgraphs misbehave with this probability, as the stream of random numbers has it. */
export function createChaos(random: Random, probability: number): Interference {
  return async (_request, response, answer) => {
    if (!random.chance(probability)) return false;
    const misbehaviour = random.pick(misbehaviours);
    misbehaviour.act(response, await answer(), random);
    return true;
  };
}

/** Only the ways that end by themselves, without a deadline. */
export function createLies(random: Random, probability: number): Interference {
  const lying = misbehaviours.filter(({ name }) => name.endsWith('lies') || name === 'strange errors');
  return async (_request, response, answer) => {
    if (!random.chance(probability)) return false;
    random.pick(lying).act(response, await answer(), random);
    return true;
  };
}
