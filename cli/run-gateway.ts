import { pino } from 'pino';

import type { GatewayConfigInput } from '../gateway/config/gateway-config.ts';
import { listen } from '../gateway/http/listen.ts';
import { createGateway } from '../gateway/index.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { leaveParent, onceParentIsGone, tellParent } from './process/parent-channel.ts';

/** Runs a gateway in this process until SIGTERM or SIGINT; SIGHUP loads the supergraph again. */
export async function runGateway(input: GatewayConfigInput): Promise<void> {
  const config = addEnvironment(input, readEnvironment());
  const log = pino({ name: 'gateway' }, pino.destination({ dest: 2, sync: false }));
  const gateway = await createGateway(config, log);
  const listening = await listen(gateway, log).catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  const stopped = new Promise<void>((resolve) => {
    const stop = (): void => void listening.stop().then(resolve, resolve);
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    onceParentIsGone(stop);
    process.on('SIGHUP', () => void gateway.reload());
  });
  log.info({ url: `${listening.url}/graphql`, engine: gateway.config.engine }, 'the gateway answers');
  // After the handlers: who is told this may send a signal at once, and without them it would end this process.
  tellParent({ ready: true, url: listening.url, port: listening.port });
  await stopped;
  leaveParent();
}

/** What the environment says beside the options: secrets go before a file, a collector does not. */
function addEnvironment(input: GatewayConfigInput, environment: Environment): GatewayConfigInput {
  const signingKeys = environment['FREEHOLD_SIGNING_KEYS'];
  const explainToken = environment['FREEHOLD_EXPLAIN_TOKEN'];
  const graphiqlToken = environment['FREEHOLD_GRAPHIQL_TOKEN'];
  const otlpEndpoint = input.otlpEndpoint ?? environment['OTEL_EXPORTER_OTLP_ENDPOINT'];
  return {
    ...input,
    ...(signingKeys && { signingKeys: signingKeys.split(',') }),
    ...(explainToken && { explainToken }),
    ...(graphiqlToken && { graphiqlToken }),
    ...(otlpEndpoint && { otlpEndpoint }),
  };
}
