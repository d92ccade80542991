import { HeaderMap } from '@apollo/server';
import { buildSchema } from 'graphql';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';

import { parseGatewayConfig } from '../config/gateway-config.ts';
import type { Engine } from '../engine.ts';
import { EngineSwitch } from '../engines/engine-switch.ts';
import { uncounted } from '../telemetry/metrics.ts';
import { Cancellation } from '../transport/cancellation.ts';
import { startGraphqlServer } from './graphql-server.ts';

const log = pino({ level: 'silent' });

/** The HTTP status of an answer without data, for an error with this code. */
async function askForStatus(code: string): Promise<number | undefined> {
  const engine: Engine = {
    name: 'compiled',
    supergraphSdl: '',
    apiSchema: buildSchema('type Query { a: Int }'),
    execute: () =>
      Promise.resolve({ kind: 'result', result: { errors: [{ message: 'no', extensions: { code } }] } }),
    close: () => Promise.resolve(),
  };
  const config = parseGatewayConfig({ supergraphFile: 'none' });
  const engines = new EngineSwitch(engine, log);
  const server = await startGraphqlServer({ config, engines, counters: uncounted, usage: undefined, log });
  onTestFinished(() => server.stop());
  const headers = new HeaderMap([['content-type', 'application/json']]);
  const request = {
    method: 'POST',
    accept: '',
    headers: () => headers,
    search: '',
    body: { query: '{ a }' },
  };
  const { status, body } = await server.execute(request, {
    headers: {},
    identity: undefined,
    cancellation: new Cancellation(),
    deadlineAt: performance.now() + 1000,
    trace: undefined,
    client: 'test',
    readyAnswer: { body: undefined, known: undefined, outcome: undefined },
  });
  expect(JSON.parse(body.toString())).toEqual({ errors: [{ message: 'no', extensions: { code } }] });
  return status;
}

test.each([
  ['OPERATION_PLAN_FAILED', 400],
  ['OPERATION_PLAN_TIMEOUT', 504],
  ['OPERATION_PLAN_OVERLOADED', 503],
  ['REQUEST_TIMEOUT', 504],
  ['BAD_USER_INPUT', 400],
  ['INVALID_GRAPHQL', 400],
])('an answer that is nothing but an error %s has the status %i', async (code, status) => {
  expect(await askForStatus(code)).toBe(status);
});
