import path from 'node:path';

import type { Logger } from 'pino';
import { z } from 'zod';

import { DatabaseError } from '../database-error.ts';
import { startDatabaseProcess, type DatabaseProcess } from './database-process.ts';
import { findFreePort } from './find-free-port.ts';
import { findProjectRoot } from './project-root.ts';
import type { ServicePasswords } from './service-users.ts';

/** A cold start reads the whole folder; this is far beyond what one should take. */
const START_MS_MAX = 30_000;
const STOP_MS_MAX = 4_000;

/** The lines of the child that are for us; all others are for people. */
const lineShape = z.looseObject({
  level: z.number(),
  msg: z.string(),
  event: z.enum(['listening', 'failed']).optional(),
  port: z.number().optional(),
});

export interface DevelopmentServerOptions {
  readonly service: string;
  readonly folder: string;
  readonly passwords: ServicePasswords;
  /** See `DatabaseOptions`. */
  readonly portWanted?: number | undefined;
  readonly log: Logger;
}

/** The development server of one service, listening. */
export interface DevelopmentServer {
  readonly process: DatabaseProcess;
  readonly port: number;
}

function parseLine(line: string): z.infer<typeof lineShape> | undefined {
  try {
    return lineShape.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/**
 * Starts the development server as a child of this process. The passwords go over its standard
 * input, so that no process list shows them.
 *
 * @throws {DatabaseError} with the reason that the child gave.
 */
export async function startDevelopmentServer(options: DevelopmentServerOptions): Promise<DevelopmentServer> {
  const { service, folder, log } = options;
  let settle: (result: { port: number } | { reason: string }) => void = () => undefined;
  const started = new Promise<{ port: number } | { reason: string }>((resolve) => {
    settle = resolve;
  });
  const port = options.portWanted === undefined ? 0 : await findFreePort(options.portWanted);
  const args = ['--folder', folder, '--host', '127.0.0.1', '--port', String(port), '--service', service];
  const child = startDatabaseProcess({
    command: process.execPath,
    args: [path.join(findProjectRoot(), 'bin', 'freehold.js'), 'mongo-server', ...args, '--supervised'],
    input: `${JSON.stringify(options.passwords)}\n`,
    stopMs: STOP_MS_MAX,
    onLine(line) {
      const parsed = parseLine(line);
      if (parsed?.event === 'listening') settle({ port: parsed.port ?? 0 });
      else if (parsed?.event === 'failed') settle({ reason: parsed.msg });
      else if (parsed !== undefined && parsed.level >= 40) log.warn({ service }, parsed.msg);
      else log.debug({ service }, parsed?.msg ?? line);
    },
  });
  const timer = setTimeout(() => {
    settle({ reason: `It was not ready within ${START_MS_MAX / 1000} s.` });
  }, START_MS_MAX);
  void child.exited.then(({ output }) => {
    settle({ reason: output.trim() === '' ? 'It ended without a word.' : output.slice(-2000) });
  });
  const result = await started;
  clearTimeout(timer);
  if ('port' in result) return { process: child, port: result.port };
  await child.stop();
  throw new DatabaseError(`The MongoDB development server of ${service} does not start: ${result.reason}`);
}
