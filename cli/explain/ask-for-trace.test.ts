import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, expect, test } from 'vitest';

import { askForTrace } from './ask-for-trace.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(answer: (response: ServerResponse) => void): Promise<string> {
  const started = createServer((request, response) => {
    request.resume().on('end', () => answer(response));
  });
  server = started;
  await new Promise<void>((resolve) => {
    started.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(started.address() as AddressInfo).port}/graphql`;
}

const ask = (url: string) => askForTrace(url, { query: '{ a }', variables: {} });

test('an answer that breaks off is told as that', async () => {
  const url = await serve((response) => {
    response.writeHead(200, { 'content-length': 100 });
    response.write('{"data":', () => response.destroy());
  });
  await expect(ask(url)).rejects.toMatchObject({
    name: 'ExplainError',
    message: expect.stringContaining(`The gateway at ${url} broke off its answer (`) as string,
  });
});

test('an address that no request can be sent to is told with the reason', async () => {
  await expect(ask('http://127.0.0.1:1/graphql')).rejects.toMatchObject({
    name: 'ExplainError',
    message: expect.stringContaining('(bad port)') as string,
  });
});
