import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { afterEach, describe, expect, test, vi } from 'vitest';

import { listReadinessUrls, makeReadinessCheck } from './read-readiness.ts';

const servers: Server[] = [];

afterEach(async () => {
  vi.restoreAllMocks();
  const closing = servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)));
  await Promise.all(closing);
});

async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

const answerJson =
  (status: number, body: string): RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);

async function check(subgraphs: Readonly<Record<string, string>>, replicas: Record<string, string[]> = {}) {
  const list = Object.entries(subgraphs).map(([name, url]) => ({ name, url }));
  const config = { subgraphUrls: {}, subgraphReplicas: replicas };
  return makeReadinessCheck(() => listReadinessUrls(config, list))();
}

/** Gives services all the time that the machine needs. */
function giveTime(): void {
  vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => new AbortController().signal);
}

const closedPort = 'http://127.0.0.1:9/graphql';

describe('the readiness of a graph', () => {
  test('is that of its services, and names those whose database is the matter', async () => {
    giveTime();
    const urls: string[] = [];
    const fine = await serve((request, response) => {
      urls.push(request.url ?? '');
      answerJson(200, '{"status":"ready","database":"ready"}')(request, response);
    });
    const waiting = '{"status":"not ready","database":"unavailable","reason":"at 10.0.0.1:5432"}';
    const { status, services } = await check({
      accounts: fine,
      foreign: await serve((_request, response) => response.writeHead(404).end('no such page')),
      orders: await serve(answerJson(503, waiting)),
      reviews: closedPort,
      stopping: await serve(answerJson(503, '{"status":"stopping"}')),
      strange: await serve(answerJson(200, '{"status:')),
    });
    expect(urls).toEqual(['/ready']);
    expect(status).toBe('degraded');
    expect(services).toEqual({
      accounts: { status: 'ready' },
      foreign: { status: 'ready' },
      orders: { status: 'unavailable', reason: 'The database of orders does not answer.' },
      reviews: { status: 'unavailable', reason: 'The service reviews cannot be reached.' },
      stopping: { status: 'unavailable', reason: 'The service stopping says that it is not ready.' },
      strange: { status: 'unavailable', reason: 'The service strange answers what cannot be read.' },
    });
  });

  test('does not wait for a service that does not answer', async () => {
    const silent = await serve(() => undefined);
    const { status, services } = await check({ silent });
    expect(status).toBe('unavailable');
    expect(services['silent']?.reason).toBe('The service silent did not answer within 1500 ms.');
    servers[0]?.closeAllConnections();
  });

  test('counts a service as ready when one of its replicas is', async () => {
    giveTime();
    const fine = await serve(answerJson(200, '{}'));
    expect(await check({ orders: closedPort }, { orders: [closedPort, fine] })).toEqual({
      status: 'ready',
      services: { orders: { status: 'ready' } },
    });
  });

  test('is asked for once for all who ask at the same time', async () => {
    giveTime();
    let asked = 0;
    const url = await serve((request, response) => {
      asked += 1;
      answerJson(200, '{}')(request, response);
    });
    let time = 0;
    const urls = new Map([['one', [url]]]);
    const read = makeReadinessCheck(
      () => urls,
      () => time,
    );
    await Promise.all([read(), read(), read()]);
    await read();
    expect(asked).toBe(1);
    time += 1000;
    await read();
    expect(asked).toBe(2);
  });
});
