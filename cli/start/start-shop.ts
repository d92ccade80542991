import { randomBytes } from 'node:crypto';
import path from 'node:path';

import type { Logger } from 'pino';

import { printServiceKeys } from '../../gateway/auth/sign-request.ts';
import type { ServiceFlags } from '../commands/service-flags.ts';
import { ensureDevelopmentKeys } from '../development-keys.ts';
import { readEnvironment } from '../environment.ts';
import { mintTokenFor } from '../sign-in.ts';
import { makeChildEnvironment } from '../process/child-environment.ts';
import { ManagedProcess } from '../process/managed-process.ts';
import type { DevelopmentUser, Project } from '../project.ts';
import type { StartReporter } from './start-reporter.ts';
import { startService, type RunningService } from './start-service.ts';
import type { WayBetween } from './way-between.ts';

export interface StartShopOptions {
  readonly project: Project;
  /** Folder for databases and logs; made when missing. */
  readonly dataFolder: string;
  readonly gatewayPort: number;
  readonly gatewayHost: string;
  readonly engine: 'compiled' | 'apollo';
  /** What is set on every service; undefined for the defaults. */
  readonly serviceFlags?: ServiceFlags | undefined;
  readonly scale: number;
  /** Where the gateway writes what clients use; default: nowhere. */
  readonly usageFile?: string | undefined;
  /** A JSON file with options of the gateway (docs/configuration.md). Default: none. */
  readonly gatewayConfigFile?: string | undefined;
  /** Stands between the parts, for tests that disturb the way. Default: each is given the other's own URL. */
  readonly wayBetween?: WayBetween | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly reporter: StartReporter;
  readonly log: Logger;
  /** Aborted to give up a start that is under way. */
  readonly signal: AbortSignal;
}

/** How long the token in GraphiQL is valid, in seconds: nobody wants to sign in while trying things out. */
const graphiqlTokenS = 7 * 86_400;

/** The shop, answering. */
export interface RunningShop {
  readonly gatewayUrl: string;
  readonly gateway: ManagedProcess;
  readonly services: readonly RunningService[];
  /** Whom the token in GraphiQL signs in; undefined when there is none. */
  readonly signedIn: DevelopmentUser | undefined;
  /** Stops the gateway, then services, then databases; within 5 s. Safe to call twice. */
  stop(): Promise<void>;
  /** Ends all processes at once. */
  kill(): void;
}

/** Starts all services side by side, then the gateway. What was started is stopped again when one part fails. */
export async function startShop(options: StartShopOptions): Promise<RunningShop> {
  const { project, dataFolder, signal } = options;
  const explainToken = readEnvironment(options.environment)['FREEHOLD_EXPLAIN_TOKEN'];
  const logFolder = path.join(dataFolder, 'logs');
  // Before anything is brought up, because it may fail.
  const { jwksFile } = await ensureDevelopmentKeys(project.root);
  // Who reaches the page gets the token, so it stays on this machine.
  const signedIn = /^(127\.0\.0\.1|::1|localhost)$/.test(options.gatewayHost)
    ? project.developmentUser
    : undefined;
  const graphiqlToken = signedIn && (await mintTokenFor(project, {}, graphiqlTokenS));
  // One part's failure ends the others' start: nobody wants to wait for a seed that is thrown away.
  const failure = new AbortController();
  const bothSignals = AbortSignal.any([signal, failure.signal]);
  // Made anew at each start and never written down: only this gateway speaks to these services.
  const signingKey = `start:${randomBytes(32).toString('base64url')}`;
  const outcomes = await Promise.allSettled(
    project.subgraphs.map((subgraph) =>
      startService({
        ...options,
        subgraph,
        logFolder,
        serviceKeys: printServiceKeys([signingKey], subgraph.name),
        signal: bothSignals,
      }).catch((error: unknown) => {
        if (!failure.signal.aborted) failure.abort(error);
        throw error;
      }),
    ),
  );
  const services = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const stopServices = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.stop()));
  };
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed !== undefined) {
    await stopServices();
    throw failure.signal.aborted ? failure.signal.reason : failed.reason;
  }

  options.reporter.step('gateway', 'starting');
  const secrets = { signingKey, jwksFile, explainToken, graphiqlToken };
  const gateway = makeGatewayProcess(options, services, logFolder, secrets);
  const { url } = await gateway.start(signal).catch(async (error: unknown) => {
    await Promise.all([gateway.stop(0), stopServices()]);
    throw error;
  });
  options.reporter.end();
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await gateway.stop(1500);
    await stopServices();
  };
  return {
    gatewayUrl: url,
    gateway,
    services,
    signedIn,
    stop: () => (stopped ??= stop()),
    kill: () => {
      gateway.kill();
      for (const service of services) service.kill();
    },
  };
}

function makeGatewayProcess(
  options: StartShopOptions,
  services: readonly RunningService[],
  logFolder: string,
  secrets: {
    readonly signingKey: string;
    readonly jwksFile: string;
    readonly explainToken: string | undefined;
    readonly graphiqlToken: string | undefined;
  },
): ManagedProcess {
  const { project, gatewayPort, gatewayHost, engine, environment, usageFile, log } = options;
  const { gatewayConfigFile, serviceFlags, wayBetween } = options;
  return new ManagedProcess({
    name: 'The gateway',
    makeArguments: (port) => [
      'gateway',
      `--supergraph=${project.supergraphFile}`,
      `--engine=${engine}`,
      `--jwks=${secrets.jwksFile}`,
      `--host=${gatewayHost}`,
      `--port=${port === 0 ? gatewayPort : port}`,
      ...(usageFile === undefined ? [] : [`--usage=${usageFile}`]),
      ...(gatewayConfigFile === undefined ? [] : [`--config=${gatewayConfigFile}`]),
      ...(serviceFlags?.metrics ? ['--metrics'] : []),
      ...(serviceFlags?.otlpEndpoint === undefined ? [] : [`--otlp-endpoint=${serviceFlags.otlpEndpoint}`]),
      ...services.flatMap(({ name, url }) => [
        '--subgraph',
        `${name}=${wayBetween?.serviceUrl(name, url) ?? url}`,
      ]),
    ],
    makeEnvironment: () =>
      makeChildEnvironment(environment, {
        FREEHOLD_SIGNING_KEYS: secrets.signingKey,
        ...(secrets.explainToken && { FREEHOLD_EXPLAIN_TOKEN: secrets.explainToken }),
        ...(secrets.graphiqlToken && { FREEHOLD_GRAPHIQL_TOKEN: secrets.graphiqlToken }),
      }),
    logFile: path.join(logFolder, 'gateway.log'),
    onState: (state) => {
      if (state.kind === 'restarting') log.warn({ ...state }, 'the gateway is started again');
    },
  });
}
