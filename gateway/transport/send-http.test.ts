import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import { Cancellation } from './cancellation.ts';
import { FetchError } from './fetch-error.ts';
import { createEndpoint, type Endpoint } from './send-http.ts';
import type { SubgraphRequest } from './subgraph-request.ts';

let server: Server;
let endpoint: Endpoint;
let url: string;
let received: string;
/** What the subgraph writes when a request has come, byte for byte. */
let answer: (socket: Socket) => void;
const sockets = new Set<Socket>();

beforeEach(async () => {
  received = '';
  server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      if (received.endsWith('{}')) answer(socket);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql?tenant=1`;
  endpoint = open();
});

afterEach(async () => {
  for (const socket of sockets) socket.destroy();
  await endpoint.close();
  await new Promise((resolve) => server.close(resolve));
});

function open(to = url): Endpoint {
  return createEndpoint(to, {
    connectionsMax: 1,
    // A machine that stands still for a moment has not lost the subgraph.
    connectTimeoutMs: 60_000,
    keepAliveMs: 1000,
    responseBytesMax: 20,
  });
}

function makeRequest(changes: Partial<SubgraphRequest> = {}): SubgraphRequest {
  const cancellation = new Cancellation();
  return { service: 'stock', kind: 'query', body: '{}', headers: {}, cancellation, ...changes };
}

const write =
  (...parts: string[]) =>
  (socket: Socket): void => {
    for (const part of parts) socket.write(part);
  };
const ok = (body: string): string => `HTTP/1.1 200 OK\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

describe('a request to a subgraph', () => {
  test('goes to path and query of the URL, with headers that a caller cannot replace', async () => {
    answer = write(ok('{"data":1}'));
    const headers = { traceparent: '00-1', host: 'elsewhere', 'content-length': '9', accept: 'text/html' };
    const deadlineAt = performance.now() + 60_000;
    const response = await endpoint.send(makeRequest({ headers, deadlineAt }));
    const leftMs = deadlineAt - performance.now();
    expect(response).toEqual({ status: 200, body: Buffer.from('{"data":1}') });
    const [first = '', ...lines] = received.toLowerCase().split('\r\n');
    expect(first).toBe('post /graphql?tenant=1 http/1.1');
    expect(lines).toContain('traceparent: 00-1');
    expect(lines).toContain('accept: application/json');
    expect(lines).toContain('accept-encoding: identity');
    expect(lines).toContain('content-length: 2');
    expect(lines.join('\n')).not.toMatch(/elsewhere|text\/html/);
    const toldMs = Number(/^freehold-deadline-ms: (\d+)$/m.exec(lines.join('\n'))?.[1]);
    expect(toldMs).toBeLessThanOrEqual(60_000);
    expect(toldMs).toBeGreaterThanOrEqual(Math.floor(leftMs));
  });

  test('carries the credentials of the URL, unless the client that asks sends its own', async () => {
    answer = write(ok('{"data":1}'));
    await endpoint.close();
    endpoint = open(url.replace('http://', 'http://user:p%40ss@'));
    await endpoint.send(makeRequest());
    expect(received).toContain('\r\nauthorization: Basic dXNlcjpwQHNz\r\n');
    received = '';
    await endpoint.send(makeRequest({ headers: { authorization: 'Bearer x' } }));
    expect(received.match(/^authorization: .*$/gm)).toEqual(['authorization: Bearer x']);
  });

  test('gives the answer whole, in however many pieces it came, and with its status', async () => {
    answer = write(
      'HTTP/1.1 103 Early Hints\r\n\r\n',
      'HTTP/1.1 503 Busy\r\ntransfer-encoding: chunked\r\n\r\n4\r\n{"a"\r\n',
      '3\r\n:1}\r\n0\r\n\r\n',
    );
    expect(await endpoint.send(makeRequest())).toEqual({ status: 503, body: Buffer.from('{"a":1}') });
  });
});

describe('a wrong answer of a subgraph', () => {
  test.each([
    ['nothing at all', (socket: Socket) => socket.destroy()],
    ['no HTTP', write('SSH-2.0-OpenSSH_9\r\n\r\n')],
    ['half a status line', (socket: Socket) => socket.end('HTTP/1.1 20')],
    ['headers alone', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n')],
    ['half a body', (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a"')],
    [
      'half a chunk',
      (socket: Socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"a"'),
    ],
    ['two lengths', write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}')],
  ])('that is %s fails by its name, with the detail for the log alone', async (_name, wrong) => {
    answer = wrong;
    const failure = await endpoint.send(makeRequest()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(FetchError);
    expect(failure).toMatchObject({
      code: 'SUBGRAPH_UNREACHABLE',
      isUnsent: false,
      message: 'The subgraph "stock" could not be reached, or broke off its answer.',
    });
    // The next request gets a connection of its own.
    received = '';
    answer = write(ok('{"data":1}'));
    expect((await endpoint.send(makeRequest())).status).toBe(200);
  });

  test.each([
    ['with a length', write(ok('x'.repeat(21)))],
    ['without one', write(`HTTP/1.1 200 OK\r\n\r\n${'x'.repeat(10)}`, 'x'.repeat(20))],
  ])('that is too large, %s, is not read to its end', async (_name, wrong) => {
    answer = wrong;
    await expect(endpoint.send(makeRequest())).rejects.toMatchObject({
      code: 'SUBGRAPH_RESPONSE_TOO_LARGE',
      message: 'The subgraph "stock" answered more than 20 bytes.',
    });
  });

  test('of exactly the largest size is read', async () => {
    answer = write(ok('x'.repeat(20)));
    expect((await endpoint.send(makeRequest())).body).toHaveLength(20);
  });
});

describe('a request that nobody waits for any more', () => {
  const left = new FetchError('REQUEST_CANCELLED', 'left');

  test('ends while its answer is on the way, and its connection is closed', async () => {
    const request = makeRequest();
    const closed = new Promise<void>((resolve) => {
      answer = (socket) => {
        socket.once('close', () => resolve());
        socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a"');
        request.cancellation.cancel(left);
      };
    });
    await expect(endpoint.send(request)).rejects.toBe(left);
    await closed;
  });

  test('ends while it waits for a connection, and is never sent', async () => {
    const held = new Promise<Socket>((resolve) => (answer = resolve));
    const first = endpoint.send(makeRequest());
    const socket = await held;
    const second = makeRequest();
    const waiting = endpoint.send(second);
    second.cancellation.cancel(left);
    await expect(waiting).rejects.toBe(left);
    socket.write(ok('{}'));
    await expect(first).resolves.toMatchObject({ status: 200 });
    expect(received.match(/POST/g)).toHaveLength(1);
  });
});

test('a subgraph that nobody listens for is unreachable', async () => {
  // A port that was free a moment ago may be another's by now.
  url = 'http://127.0.0.1:1/graphql';
  endpoint = open();
  await expect(endpoint.send(makeRequest())).rejects.toMatchObject({
    code: 'SUBGRAPH_UNREACHABLE',
    isUnsent: true,
  });
});
