import { spawn } from 'node:child_process';

/** A mongod that has not flushed by then is killed; its own journal keeps what it acknowledged. */
const STOP_MS_MAX = 10_000;

/**
 * Runs a mongod that ends with its supervisor: mongod itself does not notice when that dies, but
 * this process does, by the end of its standard input.
 */
export async function guardMongod(program: string, args: readonly string[]): Promise<void> {
  const child = spawn(program, [...args], { stdio: ['ignore', 'inherit', 'inherit'] });
  const stop = (): void => {
    child.kill('SIGTERM');
    setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX).unref();
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
  process.stdin.once('end', stop);
  process.stdin.resume();
  process.exitCode = await new Promise<number>((resolve) => {
    child.once('error', (error) => {
      console.error(`${program} does not start: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGTERM' ? 0 : 1)));
  });
  process.stdin.destroy();
}
