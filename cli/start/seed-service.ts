import { spawn } from 'node:child_process';
import path from 'node:path';

import { OutputTail } from '../process/output-tail.ts';
import { findProjectRoot } from '../../gateway/project-root.ts';
import { StartError } from './start-error.ts';

export interface SeedServiceOptions {
  readonly service: string;
  readonly scale: number;
  /** The whole environment of the process that seeds; it has the URL of this service's database and no other. */
  readonly environment: Readonly<Record<string, string>>;
  readonly onProgress: (done: number, total: number) => void;
  readonly signal: AbortSignal;
}

/** Fills a service's database in a process of its own (`freehold seed`); does nothing where it is filled. */
export function seedService(options: SeedServiceOptions): Promise<void> {
  const { service, scale, environment, onProgress, signal } = options;
  const command = path.join(findProjectRoot(), 'bin', 'freehold.js');
  const child = spawn(process.execPath, [command, 'seed', service, '--scale', String(scale)], {
    env: { ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
    signal,
    killSignal: 'SIGTERM',
  });
  const tail = new OutputTail();
  child.stdout?.on('data', (chunk: Buffer) => tail.add(chunk));
  child.stderr?.on('data', (chunk: Buffer) => tail.add(chunk));
  child.on('message', (message) => {
    const { done, total } = message as Record<string, unknown>;
    if (typeof done === 'number' && typeof total === 'number') onProgress(done, total);
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signalName) => {
      if (code === 0) resolve();
      else
        reject(
          new StartError(
            `Seeding ${service} ended with ${signalName ?? `code ${code}`}:\n${tail.toString()}`,
          ),
        );
    });
  });
}
