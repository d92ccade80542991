import { type Child, startNode } from './child.ts';
import type { GatewayQuestion, GatewayReply } from './observed-gateway.ts';

/** A gateway that tells how it is. */
export interface ObservedGateway {
  readonly url: string;
  ask(question: GatewayQuestion): Promise<GatewayReply>;
  stop(): Promise<void>;
}

export async function startObservedGateway(supergraphFile: string): Promise<ObservedGateway> {
  const script = ['scripts/run-typescript.mjs', '--built', 'benchmarks/support/observed-gateway.ts'];
  const child: Child = startNode('any', ['--expose-gc', ...script, supergraphFile]);
  const [, url = ''] = await child.waitFor(/ready at (\S+)/, 60_000);
  return {
    url,
    ask: (question) =>
      new Promise((resolve, reject) => {
        const end = (): void => {
          reject(new Error(`The gateway ended:\n${child.output()}`));
        };
        child.process.once('exit', end);
        child.process.once('message', (reply: GatewayReply) => {
          child.process.off('exit', end);
          resolve(reply);
        });
        child.process.send(question);
      }),
    stop: () => child.stop(),
  };
}

/** Prints what was measured beside its limit, and throws when the limit is passed. */
export function expectAtMost(what: string, found: number, limit: number, unit: string): void {
  console.log(`${what}: ${found.toFixed(2)} ${unit} (limit ${limit.toFixed(2)})`);
  if (!(found <= limit)) throw new Error(`${what}: expected at most ${limit} ${unit}, found ${found}`);
}
